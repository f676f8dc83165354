import { sha256Hex } from '@tributary/kernel';

import type { Answer, BankAccount, Payment, RefusedFile, TakenFile } from '../state';
import { cnabDay, overwrite, WIDTH, zeros } from './lines';

const RETURN = '2';
/** When the bank writes its answers, every evening. */
const WRITTEN_AT = '200000';
const OCCURRENCES = [231, 240] as const;

export interface Said {
  readonly payment: Payment;
  readonly answer: Answer;
}

/** What the bank says of payments of one file, under the sequence of that file. */
export function writeReturn(file: TakenFile, day: string, said: readonly Said[]): Uint8Array {
  const header = answered(file.header, day);
  const lots = file.lots
    .map((lot) => ({ ...lot, said: said.filter(({ payment }) => payment.lot === lot.number) }))
    .filter((lot) => lot.said.length > 0)
    .map((lot, index) => writeLot(lot.header, index + 1, lot.said));
  const body = lots.flat();
  return bytesOf([header, ...body, fileTrailer(file.header, lots.length, body.length + 2)]);
}

const answered = (header: string, day: string): string =>
  overwrite(header, [
    [143, 143, RETURN],
    [144, 151, cnabDay(day)],
    [152, 157, WRITTEN_AT],
  ]);

function writeLot(header: string, number: number, said: readonly Said[]): string[] {
  const lot = zeros(number, 4);
  const details = said.flatMap(segmentsOf).map((segment, index) =>
    overwrite(segment, [
      [4, 7, lot],
      [9, 13, zeros(index + 1, 5)],
    ]),
  );
  const sum = said.reduce((total, { payment }) => total + BigInt(payment.amountMinor), 0n);
  const trailer = overwrite(' '.repeat(WIDTH), [
    [1, 3, header.slice(0, 3)],
    [4, 8, `${lot}5`],
    [18, 23, zeros(details.length + 2, 6)],
    [24, 41, zeros(sum, 18)],
    [42, 59, zeros(0, 18)],
  ]);
  return [overwrite(header, [[4, 7, lot]]), ...details, trailer];
}

function segmentsOf({ payment, answer: { codes, effective } }: Said): string[] {
  const occurrences = codes.join('');
  const a = overwrite(payment.segmentA, [
    [135, 149, payment.number],
    [155, 162, effective === null ? zeros(0, 8) : cnabDay(effective.on)],
    [163, 177, zeros(effective?.amountMinor ?? 0, 15)],
    [...OCCURRENCES, occurrences],
  ]);
  const b = payment.segmentB === null ? [] : [overwrite(payment.segmentB, [[...OCCURRENCES, '']])];
  return codes.includes('00') ? [a, ...b, authenticationOf(payment)] : [a, ...b];
}

/** Proof of a payment that was made, which follows it as segment Z. */
function authenticationOf({ segmentA, item, number }: Payment): string {
  return overwrite(' '.repeat(WIDTH), [
    [1, 13, segmentA.slice(0, 13)],
    [14, 14, 'Z'],
    [15, 78, sha256Hex(`${item} ${number}`).toUpperCase()],
    [79, 98, item],
    [104, 118, number],
  ]);
}

/**
 * A file that was refused whole. Nothing of it is repeated, because nothing of it need be readable: its sequence, and in the
 * header the letters for what was wrong.
 */
export function writeRefusal(account: BankAccount, day: string, file: RefusedFile): Uint8Array {
  const header = overwrite(' '.repeat(WIDTH), [
    [1, 8, `${account.bank}00000`],
    [15, 17, '080'],
    [18, 32, `${account.document.length === 14 ? 2 : 1}${account.document.padStart(14, '0')}`],
    [53, 57, zeros(account.branch, 5)],
    [59, 70, zeros(account.number, 12)],
    [72, 72, account.digit],
    [73, 102, account.holder],
    [103, 132, 'BANCO ITAU SA'],
    [144, 171, `${cnabDay(day)}${WRITTEN_AT}${zeros(file.sequence, 6)}${zeros(0, 8)}`],
    [143, 143, RETURN],
    [...OCCURRENCES, refusalCodes(file)],
  ]);
  return bytesOf([header, fileTrailer(header, 0, 2)]);
}

const TOTALS = ['lot_sum_wrong', 'lot_count_wrong', 'record_count_wrong'];

/** First that the file as such was refused, then what it was: totals that differ, or something below the header. */
function refusalCodes({ faults }: RefusedFile): string {
  if (faults.some(({ code }) => TOTALS.includes(code))) return 'HMTA';
  return faults.some(({ line }) => line !== null && line > 1) ? 'HMHA' : 'HM';
}

const fileTrailer = (header: string, lots: number, records: number): string =>
  overwrite(' '.repeat(WIDTH), [
    [1, 8, `${header.slice(0, 3)}99999`],
    [18, 29, `${zeros(lots, 6)}${zeros(records, 6)}`],
  ]);

const bytesOf = (lines: readonly string[]): Uint8Array =>
  new TextEncoder().encode(lines.map((line) => `${line}\r\n`).join(''));
