import type { Day } from '@tributary/kernel';

import type { Method } from '../scenario';
import type { Payee } from '../state';

const OWN_ACCOUNT_CODES = { bank: 'AL', branch: 'AM', number: 'AN' };

export interface Checked {
  readonly method: Method;
  readonly amountMinor: string;
  readonly payOn: Day;
  readonly payee: Payee;
}

/**
 * Why a bank refuses one payment of a lawful file, in the two letters of its manual; none where it takes it. The codes are those
 * that Itaú publishes for occurrences.
 */
export function occurrencesOf(payment: Checked, ownBank: string, today: Day): string[] {
  const { payee, amountMinor, payOn, method } = payment;
  const codes: string[] = [];
  if (BigInt(amountMinor) === 0n) codes.push('AR');
  if (payOn < today) codes.push('AP');
  if (payee.name === '') codes.push('AO');
  if (!isDocument(payee.document)) codes.push('BI');
  codes.push(...destinationCodes(payee.destination, method, ownBank));
  return codes.slice(0, 5);
}

function destinationCodes(
  destination: Payee['destination'],
  method: Method,
  ownBank: string,
): string[] {
  if (destination.kind === 'key') return isPixKey(destination) ? [] : ['AN'];
  const { bank, branch, number, digit } = destination;
  const codes: string[] = [];
  // A TED to the paying bank itself is refused: that is a transfer between two of its accounts, and the other way round.
  const ownExpected = method === 'transfer';
  if (bank === '000' || (bank === ownBank) !== ownExpected) codes.push(OWN_ACCOUNT_CODES.bank);
  if (Number(branch) === 0) codes.push(OWN_ACCOUNT_CODES.branch);
  if (!/^\d+$/.test(number) || Number(number) === 0 || digit === '')
    codes.push(OWN_ACCOUNT_CODES.number);
  return codes;
}

const PIX_KEYS: Readonly<Record<string, (key: string) => boolean>> = {
  '01': (key) => /^\+[1-9]\d{9,14}$/.test(key),
  '02': (key) => key.length <= 77 && /^[^@\sA-Z]+@[^@\sA-Z]+\.[^@\sA-Z]+$/.test(key),
  '03': (key) => isDocument(key),
  '04': (key) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(key),
};

export const isPixKey = ({ keyKind, key }: { keyKind: string; key: string }): boolean =>
  PIX_KEYS[keyKind]?.(key) ?? false;

/** A CPF of eleven digits, or a CNPJ of fourteen characters whose first twelve may be letters. */
export function isDocument(document: string): boolean {
  const [, body = '', check] = /^([0-9A-Z]{12}|\d{9})(\d{2})$/.exec(document) ?? [];
  if (check === undefined || /^(.)\1*$/.test(document)) return false;
  const longest = body.length === 12 ? 9 : 11;
  const first = checkDigit(body, longest);
  return check === `${first}${checkDigit(`${body}${first}`, longest)}`;
}

/** Weights run from 2 at the right end and, in a CNPJ, begin again after 9. A letter counts as its code less that of zero. */
function checkDigit(body: string, longest: number): number {
  let sum = 0;
  [...body].reverse().forEach((character, index) => {
    const weight = (index % (longest - 1)) + 2;
    sum += ((character.codePointAt(0) ?? 0) - 48) * weight;
  });
  const rest = sum % 11;
  return rest < 2 ? 0 : 11 - rest;
}
