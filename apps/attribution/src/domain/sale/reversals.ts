import type { Instant } from '@tributary/kernel';
import type { CreditedBack, Disputed, Refunded, SaleFact } from './events';
import { type Rest, asRest } from './payment-balance';
import { type FactOf, businessKeyOf, isOf } from './which-counts';

/** Something that takes money back, while it holds. */
export interface Reversal {
  readonly fact: SaleFact;
  /** Null: of the invoice, from its payments in their order. */
  readonly payment: string | null;
  readonly asset: string;
  readonly at: Instant;
  /** From here on it is as if it had never been. */
  readonly until: Instant | undefined;
  readonly wanted: Rest;
}

export const holdsAt = ({ at, until }: Reversal, t: Instant): boolean =>
  at <= t && (until === undefined || until > t);

/** In the order in which they are taken: by time, and within one instant by name. */
export function reversalsOf(counted: readonly SaleFact[]): readonly Reversal[] {
  if (counted.every(({ body }) => body.kind === 'paid')) return [];
  const failedAt = new Map(
    counted.filter(isOf('refund_failed')).map(({ at, body }) => [body.refund, at]),
  );
  const refunds = counted.filter(isOf('refunded'));
  const known = new Set(refunds.map(({ body }) => body.refund));
  const reversals = [
    ...refunds.map((fact) => refundOf(fact, failedAt.get(fact.body.refund))),
    ...counted
      .filter(isOf('credited_back'))
      .filter(({ body: { refund } }) => refund === null || !known.has(refund))
      .map((fact) => creditNoteOf(fact, failedAt.get(fact.body.refund ?? ''))),
    ...disputesOf(counted).flatMap(lossOf),
  ];
  return reversals.sort(inOrder);
}

const refundOf = (fact: FactOf<Refunded>, until: Instant | undefined): Reversal => {
  const { payment, asset, at, of } = fact.body;
  return { fact, payment, asset, at, until, wanted: asRest(of) };
};

const creditNoteOf = (fact: FactOf<CreditedBack>, until: Instant | undefined): Reversal => {
  const { payment, asset, of } = fact.body;
  return { fact, payment, asset, at: fact.at, until, wanted: asRest(of) };
};

/** What became of one dispute, in the order of the world. */
export interface Dispute {
  readonly payment: string | null;
  readonly states: readonly FactOf<Disputed>[];
}

/** Of two states of one instant the one that ends a dispute holds, and a loss the longest. */
const STATES: readonly Disputed['state'][] = ['opened', 'won', 'lost'];

export function disputesOf(counted: readonly SaleFact[]): readonly Dispute[] {
  const byDispute = new Map<string, FactOf<Disputed>[]>();
  for (const fact of counted.filter(isOf('disputed'))) {
    const states = byDispute.get(fact.body.dispute);
    if (states) states.push(fact);
    else byDispute.set(fact.body.dispute, [fact]);
  }
  return [...byDispute.values()].map((states) => {
    states.sort((a, b) => compareTexts(a.at, b.at) || stateRank(a) - stateRank(b));
    return {
      payment: states.find(({ body }) => body.payment !== null)?.body.payment ?? null,
      states,
    };
  });
}

const stateRank = ({ body }: FactOf<Disputed>): number => STATES.indexOf(body.state);

export const isOpenAt = ({ states }: Dispute, t: Instant): boolean =>
  states.findLast(({ at }) => at <= t)?.body.state === 'opened';

/** Money is gone from the loss until the dispute goes on, if it ever does. */
function lossOf({ payment, states }: Dispute): Reversal[] {
  const index = states.findIndex(({ body }) => body.state === 'lost');
  const fact = states[index];
  if (fact === undefined) return [];
  const { amount, asset } = fact.body;
  const wanted = { gross: BigInt(amount) };
  return [{ fact, payment, asset, at: fact.at, until: states[index + 1]?.at, wanted }];
}

export const voidOf = (counted: readonly SaleFact[]) => counted.find(isOf('voided'));

function inOrder(a: Reversal, b: Reversal): number {
  return (
    compareTexts(a.at, b.at) || compareTexts(businessKeyOf(a.fact.body), businessKeyOf(b.fact.body))
  );
}

const compareTexts = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
