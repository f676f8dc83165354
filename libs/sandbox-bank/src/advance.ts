import { CodedError, type Day } from '@tributary/kernel';

import { batchOf, book, bookedAmount, debitOf, endToEndOf, named, plainLine } from './booking';
import { asDay, shiftDay } from './days';
import { type Draft, draftOf, numberFor, planSequel, say, sealed } from './draft';
import type { BankState, Payment, Step } from './state';

/** Lets days pass until it is this one, and does on each what it brings. */
export function advance(state: BankState, day: Day): BankState {
  const until = asDay(day);
  if (until < state.day)
    throw new CodedError('bank_is_later', `The bank already has ${state.day}.`, {
      day: state.day,
    });
  if (until === state.day) return state;
  const draft = draftOf(state);
  while (draft.day < until) {
    // Days on which nothing is due are passed over at once, however many they are.
    const next = draft.steps.reduce((soonest, { on }) => (on < soonest ? on : soonest), until);
    draft.day = next > draft.day ? next : shiftDay(draft.day, 1);
    runDay(draft, draft.day);
  }
  return sealed(draft);
}

/** Does what is due on a day, and what that brings on the very same day. */
export function runDay(draft: Draft, day: Day): void {
  for (;;) {
    const due = draft.steps.filter(({ on }) => on <= day);
    if (due.length === 0) return;
    draft.steps = draft.steps.filter(({ on }) => on > day);
    const toPay = due.filter(({ kind }) => kind === 'pay');
    for (const sequence of new Set(toPay.map((step) => paymentOf(draft, step).sequence)))
      payFile(
        draft,
        toPay.filter((step) => paymentOf(draft, step).sequence === sequence),
      );
    for (const step of due) if (step.kind !== 'pay') correct(draft, step);
  }
}

const paymentOf = (draft: Draft, { payment }: Step): Payment => draft.payments[payment] as Payment;

/** Pays what is due of one file, line by line or as one debit, and charges for it. */
function payFile(draft: Draft, steps: readonly Step[]): void {
  const { booking, fees } = draft.from.scenario;
  const paid: { step: Step; payment: Payment; amountMinor: string }[] = [];
  let leftMinor = draft.balance;
  for (const step of steps) {
    const payment = paymentOf(draft, step);
    const amountMinor = bookedAmount(payment);
    if (payment.outcome.kind === 'claimed_only') {
      sayPaid(draft, step.payment, payment);
      continue;
    }
    if (BigInt(amountMinor) > leftMinor) {
      // The letters of the manual for want of money or of the day's limit.
      say(draft, step.payment, ['SS']);
      continue;
    }
    leftMinor -= BigInt(amountMinor);
    paid.push({ step, payment, amountMinor });
  }
  if (paid.length === 0) return;
  const { sequence } = paymentOf(draft, steps[0] as Step);
  if (booking === 'each') for (const { payment } of paid) book(draft, debitOf(draft, payment));
  else book(draft, batchOf(draft, sequence, paid));
  for (const { step, payment } of paid) {
    if (claims(payment)) sayPaid(draft, step.payment, payment);
    planSequel(draft, step.payment, draft.day);
    charge(draft, fees.perPaymentMinor, `TARIFA ${payment.method.toUpperCase()}`);
  }
  if (draft.charged.includes(sequence)) return;
  draft.charged.push(sequence);
  charge(draft, fees.perFileMinor, 'TARIFA SISPAG');
}

/** A bank that refused a payment, or has no word for it, does not then claim to have made it. */
const claims = ({ outcome }: Payment): boolean =>
  outcome.kind !== 'rejected_but_booked' && outcome.kind !== 'unknown';

function sayPaid(draft: Draft, index: number, { amountMinor }: Payment): void {
  say(draft, index, ['00'], { on: draft.day, amountMinor });
}

function correct(draft: Draft, step: Step): void {
  const payment = paymentOf(draft, step);
  if (step.kind === 'pay_again') {
    const { outcome } = payment;
    const again = outcome.kind === 'duplicated' && outcome.sameReference;
    const debit = debitOf(draft, payment);
    if (draft.balance < BigInt(debit.amountMinor)) return;
    const number = again ? debit.number : numberFor(draft);
    const endToEnd = again ? debit.endToEnd : endToEndOf('E', payment, draft.day, number);
    book(draft, { ...debit, number, endToEnd });
    return;
  }
  const number = numberFor(draft);
  const isReturn = step.kind === 'give_back';
  book(draft, {
    ...debitOf(draft, payment),
    number,
    side: 'credit',
    kind: isReturn ? 'return' : 'correction',
    text: isReturn ? `DEVOLUCAO ${named(payment)}` : 'ESTORNO DE DEBITO EM DUPLICIDADE',
    item: isReturn ? payment.item : null,
    endToEnd: isReturn ? endToEndOf('D', payment, draft.day, number) : null,
    returnReason: isReturn && payment.outcome.kind === 'returned' ? payment.outcome.reason : null,
  });
  if (isReturn)
    say(draft, step.payment, ['DV'], { on: draft.day, amountMinor: payment.amountMinor });
}

function charge(draft: Draft, amountMinor: string, text: string): void {
  if (amountMinor === '0') return;
  book(draft, { ...plainLine(draft, 'debit', amountMinor, text), kind: 'fee' });
}
