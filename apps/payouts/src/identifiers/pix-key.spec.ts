import { type PixKeyKind, PIX_KEY_KINDS } from '../rails/rail';
import { readPixKey } from './pix-key';
import { codesOf } from './reading.fixture';

const RANDOM = '71c7d9be-4b85-4e43-9f1c-1f3b8b4e9a2d';

describe('reading a PIX key by its declared kind', () => {
  it.each<[PixKeyKind, string, string]>([
    ['cpf', '529.982.247-25', '52998224725'],
    ['cnpj', '12.abc.345/01de-35', '12ABC34501DE35'],
    ['cnpj', '11.222.333/0001-81', '11222333000181'],
    ['email', ' Anna.Silva@Example.COM ', 'anna.silva@example.com'],
    ['phone', '(11) 98765-4321', '+5511987654321'],
    ['phone', '+55 11 98765 4321', '+5511987654321'],
    // Also a CPF, when nobody declares what it is.
    ['phone', '51998259765', '+5551998259765'],
    ['cpf', '51998259765', '51998259765'],
    ['evp', RANDOM.toUpperCase(), RANDOM],
  ])('takes a key of kind %s in its normal form', (kind, typed, value) => {
    expect(readPixKey(kind, typed)).toEqual({ value });
  });

  it.each<[PixKeyKind, string, string]>([
    ['cpf', '529.982.247-24', 'cpf_check_digit'],
    ['cnpj', '12ABC34501DE36', 'cnpj_check_digit'],
    ['cnpj', '52998224725', 'cnpj_malformed'],
    ['email', 'anna.silva', 'pix_email_malformed'],
    ['email', 'anna@silva@example.com', 'pix_email_malformed'],
    ['email', `${'a'.repeat(70)}@example.com`, 'pix_email_too_long'],
    ['email', 'anna silva@example.com', 'pix_email_malformed'],
    ['email', 'anna@example.Kom', 'pix_email_malformed'],
    ['email', 'ánna@example.com', 'pix_email_malformed'],
    ['phone', '+1 212 555 0100', 'pix_phone_malformed'],
    ['phone', '98765-4321', 'pix_phone_malformed'],
    ['phone', '+55 11 9876 4321', 'pix_phone_malformed'],
    // No such area code; a landline.
    ['phone', '+55 20 98765 4321', 'pix_phone_not_mobile'],
    ['phone', '+55 11 38765 4321', 'pix_phone_not_mobile'],
    ['phone', 'anna@example.com', 'pix_phone_malformed'],
    ['evp', RANDOM.replaceAll('-', ''), 'pix_random_key_malformed'],
    ['evp', `${RANDOM}0`, 'pix_random_key_malformed'],
    ['evp', RANDOM.replace('7', 'g'), 'pix_random_key_malformed'],
  ])('refuses a key of kind %s, %j, without repeating it', (kind, typed, code) => {
    const faults = codesOf(readPixKey(kind, typed));
    expect(faults).toMatchObject([{ code }]);
    expect(JSON.stringify(faults)).not.toContain(typed);
  });

  it('refuses nothing at all as a key of any kind', () => {
    for (const kind of PIX_KEY_KINDS) expect(codesOf(readPixKey(kind, ''))).toHaveLength(1);
  });
});
