import type { Day } from '@tributary/kernel';

import type { Method } from '../scenario';
import type { Payee } from '../state';
import type { Row } from './lines';
import { isDocument } from './payee';

export interface ReadPayment {
  readonly lot: number;
  readonly method: Method;
  readonly item: string;
  readonly amountMinor: string;
  readonly payOn: Day;
  readonly payee: Payee;
  readonly segmentA: string;
  readonly segmentB: string | null;
}

/** The forms of payment that this bank offers, with the layout's number and the clearing chamber that belongs to each. */
export const FORMS: Readonly<Record<string, { method: Method; chamber: string }>> = {
  '01': { method: 'transfer', chamber: '000' },
  '05': { method: 'transfer', chamber: '000' },
  '06': { method: 'transfer', chamber: '000' },
  '41': { method: 'ted', chamber: '018' },
  '43': { method: 'ted', chamber: '018' },
  '45': { method: 'pix', chamber: '009' },
};

/** Currency as Itaú writes it, and as the common layout does. */
const CURRENCIES = ['REA', 'BRL'];
/** Says that a PIX is addressed by a key, which then stands in segment B. */
const BY_KEY = '04';

/** One payment: segment A, and B where the form asks for it. What is wrong with the payee is not a matter of the file. */
export function readPayment(a: Row, b: Row | null, form: string): Omit<ReadPayment, 'lot'> {
  const { method = 'ted', chamber } = FORMS[form] ?? {};
  a.expect(15, 17, ['000'], 'unknown_movement', 'Movement');
  if (chamber !== undefined) a.expect(18, 20, [chamber], 'wrong_chamber', 'Chamber');
  a.expect(102, 104, CURRENCIES, 'unknown_currency', 'Currency');
  const item = a.words(74, 93);
  if (!/^[0-9A-Z]+$/.test(item))
    a.fault('item_missing', 'Your number of the payment takes capitals and digits', 74, 93);
  const isPix = method === 'pix';
  if (isPix) checkPix(a, b);
  const amountMinor = String(BigInt(a.digits(120, 134, 'Amount')));
  return {
    method,
    item,
    amountMinor,
    payOn: a.day(94, 101, 'Day of payment'),
    payee: {
      name: a.words(44, 73),
      document: documentOf(a, b),
      destination: isPix ? keyOf(b) : accountOf(a),
    },
    segmentA: a.text,
    segmentB: b?.text ?? null,
  };
}

function checkPix(a: Row, b: Row | null): void {
  a.expect(113, 114, [BY_KEY], 'wrong_addressing', 'Addressing of a PIX');
  if (b === null) {
    a.fault('segment_missing', 'A PIX by key needs a segment B', 14, 14);
    return;
  }
  b.expect(15, 16, ['01', '02', '03', '04'], 'unknown_key_kind', 'Kind of the key');
  if (b.words(128, 227) === '') b.fault('key_missing', 'The key is missing', 128, 227);
}

function keyOf(b: Row | null): Payee['destination'] {
  return { kind: 'key', keyKind: b?.raw(15, 16) ?? '', key: b?.words(128, 227) ?? '' };
}

function accountOf(a: Row): Payee['destination'] {
  return {
    kind: 'account',
    bank: a.digits(21, 23, 'Bank of the payee'),
    branch: a.digits(24, 28, 'Branch of the payee'),
    number: a.digits(30, 41, 'Account of the payee'),
    digit: a.raw(42, 43).trim(),
  };
}

/** Segment B says what kind it is; segment A alone leaves three zeros in front of a CPF. */
function documentOf(a: Row, b: Row | null): string {
  const kind = b?.raw(18, 18);
  if (b !== null && (kind === '1' || kind === '2')) return shortened(b.raw(19, 32), kind === '1');
  if (b !== null && kind !== '0' && kind !== ' ')
    b.fault('unknown_document_kind', `Kind of the document is "${kind}"`, 18, 18);
  const written = a.raw(204, 217);
  return shortened(written, !isDocument(written));
}

const shortened = (document: string, isCpf: boolean): string =>
  isCpf && document.startsWith('000') ? document.slice(3) : document.trim();
