import type { Day } from '@tributary/kernel';

import { type Draft, numberFor } from './draft';
import { type LedgerLine, type LinePart, type Payment, signed } from './state';

export function bookedAmount({ amountMinor, outcome }: Payment): string {
  if (outcome.kind !== 'misbooked') return amountMinor;
  const booked = BigInt(amountMinor) + BigInt(outcome.byMinor);
  return booked > 0n ? String(booked) : amountMinor;
}

export const named = ({ method }: Payment): string =>
  ({ pix: 'PIX', ted: 'TED', transfer: 'CREDITO EM CONTA' })[method];

export function debitOf(draft: Draft, payment: Payment): LedgerLine {
  return {
    number: payment.number,
    bookedOn: draft.day,
    side: 'debit',
    amountMinor: bookedAmount(payment),
    kind: 'payment',
    method: payment.method,
    text: `SISPAG ${named(payment)}`,
    item: payment.item,
    endToEnd: endToEndOf('E', payment, draft.day, payment.number),
    payee: payment.payee,
    returnReason: null,
    batch: null,
  };
}

export function batchOf(
  draft: Draft,
  sequence: number,
  paid: readonly { payment: Payment; amountMinor: string }[],
): LedgerLine {
  const parts = paid.map(({ payment, amountMinor }): LinePart => ({
    item: payment.item,
    number: payment.number,
    endToEnd: endToEndOf('E', payment, draft.day, payment.number),
    amountMinor,
    payee: payment.payee,
  }));
  const total = parts.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n);
  return {
    ...plainLine(draft, 'debit', String(total), `SISPAG ARQUIVO ${sequence}`),
    kind: 'batch',
    method: paid[0]?.payment.method ?? null,
    batch: { sequence, parts },
  };
}

export function plainLine(
  draft: Draft,
  side: LedgerLine['side'],
  amountMinor: string,
  text: string,
): LedgerLine {
  return {
    number: numberFor(draft),
    bookedOn: draft.day,
    side,
    amountMinor,
    kind: 'other',
    method: null,
    text,
    item: null,
    endToEnd: null,
    payee: null,
    returnReason: null,
    batch: null,
  };
}

export function book(draft: Draft, line: LedgerLine): void {
  draft.lines.push(line);
  draft.balance += signed(line);
}

/** Of the bank in the instant-payment system. */
const ISPB = '60701190';

/** What names a PIX in the whole country: letter, bank, moment, and what the bank counts. A return has a D in front. */
export function endToEndOf(
  letter: 'D' | 'E',
  payment: Payment,
  day: Day,
  number: string,
): string | null {
  if (payment.method !== 'pix') return null;
  return `${letter}${ISPB}${day.replaceAll('-', '')}1200${number.slice(-11)}`;
}
