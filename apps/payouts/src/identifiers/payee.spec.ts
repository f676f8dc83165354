import type { Destination } from '../rails/rail';
import { masked } from './masked';
import {
  type TypedPayee,
  destinationDisplay,
  destinationText,
  documentDisplay,
  holderText,
  readPayee,
} from './payee';
import { codesOf } from './reading.fixture';

describe('reading who is paid and where', () => {
  it('brings everything into its normal form', () => {
    expect(readPayee(typed({ name: '  Agência   Açaí Ltda. ' }))).toEqual({
      value: {
        payee: {
          name: 'Agência Açaí Ltda.',
          document: { kind: 'cnpj', number: '12ABC34501DE35' },
          destination: { kind: 'pix', keyKind: 'cnpj', key: '12ABC34501DE35' },
        },
        isChecked: true,
      },
    });
  });

  it('points at everything that is wrong at once', () => {
    const wrong = typed({
      name: ' . ',
      document: { kind: 'cpf', number: '1' },
      pix: undefined,
      account: { bank: '999', branch: '1', number: '1', digit: '1', kind: 'checking' },
    });
    expect(codesOf(readPayee(wrong)).map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/name', 'name_empty'],
      ['/document/number', 'cpf_malformed'],
      ['/account/bank', 'bank_unknown'],
    ]);
  });

  it('wants one destination, not none and not two', () => {
    const both = {
      bank: '341',
      branch: '2545',
      number: '2366',
      digit: '1',
      kind: 'checking',
    } as const;
    for (const wrong of [{ pix: undefined }, { pix: null }, { account: both }])
      expect(codesOf(readPayee(typed(wrong)))).toMatchObject([
        { pointer: '', code: 'one_destination' },
      ]);
  });

  it('refuses a name that would break a line or a file', () => {
    const [fault] = codesOf(readPayee(typed({ name: 'Ag\u0007\u200bncia' })));
    expect(fault).toMatchObject({ pointer: '/name', code: 'name_malformed' });
    expect(readPayee(typed({ name: 'Ana\nSilva' }))).toMatchObject({
      value: { payee: { name: 'Ana Silva' } },
    });
  });

  it('refuses a key that is the tax number of somebody else', () => {
    const stranger = { kind: 'cpf', key: '52998224725' } as const;
    expect(codesOf(readPayee(typed({ pix: stranger })))).toMatchObject([
      { pointer: '/pix/key', code: 'pix_key_of_another' },
    ]);
    const own = { kind: 'cpf', number: '529.982.247-25' } as const;
    expect(readPayee(typed({ document: own, pix: stranger }))).toHaveProperty('value');
  });
});

describe('telling payees apart without opening them', () => {
  it('says the same of two spellings of one account', () => {
    expect(destinationText(account)).toBe('account 260 0001 5216125 0');
    expect(destinationText({ ...account, account: { ...account.account, kind: 'savings' } })).toBe(
      destinationText(account),
    );
  });

  it('takes the branches of a company for one payee, and keeps the letters of its number', () => {
    expect(holderText({ kind: 'cnpj', number: '12ABC34501DE35' })).toBe('cnpj 12ABC345');
    expect(holderText({ kind: 'cpf', number: '52998224725' })).toBe('cpf 52998224725');
  });

  it.each([
    ['52998224725', '********725'],
    ['12ABC34501DE35', '**********DE35'],
    ['a@b.co', '****co'],
    ['12', '**'],
    ['', ''],
  ])('shows the end of %j only', (text, shown) => {
    expect(masked(text)).toBe(shown);
  });

  it('shows where the money goes, masked', () => {
    expect(destinationDisplay(account)).toBe('260 0001 *****25-0');
    expect(destinationDisplay({ kind: 'pix', keyKind: 'email', key: 'anna@example.com' })).toBe(
      'PIX email ************.com',
    );
    expect(documentDisplay({ kind: 'cnpj', number: '12ABC34501DE35' })).toBe('CNPJ **********DE35');
  });
});

const account: Extract<Destination, { kind: 'ted' }> = {
  kind: 'ted',
  account: {
    bank: '260',
    branch: '0001',
    branchDigit: null,
    number: '5216125',
    digit: '0',
    kind: 'checking',
  },
};

const typed = (changed: Partial<TypedPayee> = {}): TypedPayee => ({
  name: 'Agência Açaí Ltda.',
  document: { kind: 'cnpj', number: '12.ABC.345/01DE-35' },
  pix: { kind: 'cnpj', key: '12abc34501de35' },
  ...changed,
});
