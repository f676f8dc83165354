import { getPixKeyInfo } from '@brazilian-utils/brazilian-utils/get-pix-key-info';
import type { PixKeyKind } from '../rails/rail';
import { type Reading, read, unreadable } from './reading';
import { readCnpj, readCpf } from './tax-ids';

const PHONE_PUNCTUATION = /[\s().-]/g;
const BRAZILIAN_PHONE = /^\+55[0-9]{11}$/;
const PRINTABLE = /^[!-~]*$/;
const MOST_EMAIL_CHARACTERS = 77;

/** As the directory of PIX keys holds it. The kind is declared and never guessed: eleven digits can be a CPF and a phone. */
export function readPixKey(kind: PixKeyKind, typed: string): Reading<string> {
  switch (kind) {
    case 'cpf':
      return readCpf(typed);
    case 'cnpj':
      return readCnpj(typed);
    case 'email':
      return readEmail(typed);
    case 'phone':
      return readPhone(typed);
    case 'evp':
      return readRandom(typed);
  }
}

function readEmail(typed: string): Reading<string> {
  const value = typed.trim().toLowerCase();
  if (value.length > MOST_EMAIL_CHARACTERS)
    return unreadable(
      'pix_email_too_long',
      `An e-mail that is a PIX key has at most ${String(MOST_EMAIL_CHARACTERS)} characters; ${String(value.length)} were given.`,
    );
  if (!PRINTABLE.test(typed.trim()) || !isKeyOf('email', value))
    return unreadable('pix_email_malformed', 'This is not an e-mail address.');
  return read(value);
}

function readPhone(typed: string): Reading<string> {
  const bare = typed.replaceAll(PHONE_PUNCTUATION, '');
  // Without a plus in front it is taken for a number within Brazil, which has its area code and nine digits.
  const value = bare.startsWith('+') ? bare : `+55${bare}`;
  if (!BRAZILIAN_PHONE.test(value))
    return unreadable(
      'pix_phone_malformed',
      'A phone that is a PIX key is +55, an area code of two digits and a mobile number of nine.',
    );
  if (!isKeyOf('phone', value))
    return unreadable(
      'pix_phone_not_mobile',
      'The area code (positions 4 and 5) or the first digit of the number (position 6) is not one of a mobile phone in Brazil.',
    );
  return read(value);
}

function readRandom(typed: string): Reading<string> {
  const value = typed.trim().toLowerCase();
  if (!isKeyOf('evp', value))
    return unreadable(
      'pix_random_key_malformed',
      'A random PIX key has 32 digits and letters a to f, in groups of 8-4-4-4-12.',
    );
  return read(value);
}

/** The library says what a text is by how it is written; what it would write differently was not in its normal form. */
function isKeyOf(kind: PixKeyKind, value: string): boolean {
  const found = getPixKeyInfo(value);
  return found !== null && found.type === kind && found.value === value;
}
