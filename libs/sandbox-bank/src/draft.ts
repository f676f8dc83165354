import type { Day } from '@tributary/kernel';

import { bankingDay, shiftDay } from './days';
import {
  type Answer,
  balanceOf,
  type BankState,
  type LedgerLine,
  type Payment,
  type Step,
} from './state';

/** A state that is being written anew; whoever began it hands back a sealed one, and nobody sees it before. */
export interface Draft {
  readonly from: BankState;
  readonly payments: Payment[];
  readonly answers: Answer[];
  readonly lines: LedgerLine[];
  readonly charged: number[];
  steps: Step[];
  day: Day;
  nextNumber: number;
  balance: bigint;
}

export const draftOf = (state: BankState): Draft => ({
  from: state,
  payments: [...state.payments],
  answers: [...state.answers],
  lines: [...state.lines],
  charged: [...state.charged],
  steps: [...state.steps],
  day: state.day,
  nextNumber: state.nextNumber,
  balance: balanceOf(state),
});

export const sealed = ({ from, balance: _balance, ...rest }: Draft): BankState => ({
  ...from,
  ...rest,
});

/** As long as the shortest place that carries it, which is the check number of OFX. */
const NUMBER_LENGTH = 12;

export function numberFor(draft: Draft): string {
  return String(draft.nextNumber++).padStart(NUMBER_LENGTH, '0');
}

/** What the scenario has in mind for a payment that the bank takes: what it says at once, and what it does on which day. */
export function planPayment(draft: Draft): void {
  const index = draft.payments.length - 1;
  const payment = draft.payments[index] as Payment;
  const { holidays } = draft.from.scenario;
  const payOn = payment.method === 'pix' ? payment.payOn : bankingDay(payment.payOn, holidays);
  const { outcome } = payment;
  switch (outcome.kind) {
    case 'rejected':
      return say(draft, index, outcome.codes);
    case 'rejected_but_booked':
      say(draft, index, outcome.codes);
      return plan(draft, index, 'pay', payOn);
    case 'unknown':
      say(draft, index, [outcome.code]);
      return outcome.booked ? plan(draft, index, 'pay', payOn) : undefined;
    case 'silent':
      return say(draft, index, ['BD']);
    case 'delayed':
      say(draft, index, ['BD']);
      return plan(draft, index, 'pay', bankingDay(shiftDay(payOn, outcome.days), holidays));
    case 'claimed_only':
    case 'duplicated':
    case 'returned':
    case 'misbooked':
    case 'paid':
      say(draft, index, ['BD']);
      return plan(draft, index, 'pay', payOn);
  }
}

/** What follows a payment that went: an error of the bank, or the other bank giving it back. */
export function planSequel(draft: Draft, index: number, paidOn: Day): void {
  const { outcome } = draft.payments[index] as Payment;
  const { holidays } = draft.from.scenario;
  if (outcome.kind === 'duplicated') {
    plan(draft, index, 'pay_again', paidOn);
    if (outcome.correctedAfterDays !== null)
      plan(draft, index, 'correct', shiftDay(paidOn, outcome.correctedAfterDays));
  }
  if (outcome.kind === 'returned')
    plan(draft, index, 'give_back', bankingDay(shiftDay(paidOn, outcome.afterDays), holidays));
}

function plan(draft: Draft, payment: number, kind: Step['kind'], on: Day): void {
  draft.steps.push({ on, payment, kind });
}

export function say(
  draft: Draft,
  payment: number,
  codes: readonly string[],
  effective: Answer['effective'] = null,
): void {
  draft.answers.push({ payment, on: draft.day, codes, effective, toldIn: null });
}
