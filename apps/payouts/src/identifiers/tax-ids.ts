import { isValidCnpj } from '@brazilian-utils/brazilian-utils/is-valid-cnpj';
import { cnpj, cpf } from 'cpf-cnpj-validator';
import { type Reading, read, unreadable } from './reading';

const PUNCTUATION = /[\s./-]/g;
const CPF = /^[0-9]{11}$/;
// Before it is written in upper case, which makes letters of the alphabet of some that are none.
const CNPJ = /^[0-9A-Z]{12}[0-9]{2}$/i;

/** Eleven digits, with or without their punctuation. */
export function readCpf(typed: string): Reading<string> {
  const value = typed.replaceAll(PUNCTUATION, '');
  if (!CPF.test(value))
    return unreadable('cpf_malformed', `A CPF has 11 digits; ${countOf(value)} were given.`);
  const wrong = wrongDigits(value, 9, cpf.verifierDigit);
  if (wrong) return unreadable('cpf_check_digit', `${wrong} of the CPF does not fit the others.`);
  if (!cpf.isValid(value, true))
    return unreadable(
      'cpf_never_issued',
      'A CPF of one repeated digit, or one that is used as an example, belongs to nobody.',
    );
  return read(value);
}

/**
 * Twelve characters, since July 2026 letters as well, and two check digits. Nothing but punctuation is ever taken out: whoever strips
 * what is no digit turns one company into another.
 */
export function readCnpj(typed: string): Reading<string> {
  const bare = typed.replaceAll(PUNCTUATION, '');
  if (!CNPJ.test(bare))
    return unreadable(
      'cnpj_malformed',
      `A CNPJ has 12 letters or digits and 2 check digits; ${countOf(bare)} characters were given.`,
    );
  const value = bare.toUpperCase();
  const wrong = wrongDigits(value, 12, cnpj.verifierDigit);
  if (wrong)
    return unreadable('cnpj_check_digit', `${wrong} of the CNPJ does not fit the characters.`);
  // Two libraries of different origin have to agree; the second one reads letters only when it is told to.
  if (!cnpj.isValid(value, true) || !isValidCnpj(value, { version: 2 }))
    return unreadable('cnpj_never_issued', 'A CNPJ of one repeated digit belongs to nobody.');
  return read(value);
}

/** The second check digit covers the first, so that of two wrong ones the first is named. */
function wrongDigits(
  value: string,
  length: number,
  digitOf: (text: string) => number,
): string | undefined {
  if (String(digitOf(value.slice(0, length))) !== value[length])
    return `The first check digit (position ${String(length + 1)})`;
  if (String(digitOf(value.slice(0, length + 1))) !== value[length + 1])
    return `The second check digit (position ${String(length + 2)})`;
  return undefined;
}

const countOf = (value: string): string => String([...value].length);
