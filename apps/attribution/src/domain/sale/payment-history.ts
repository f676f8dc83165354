import type { LineProblem } from '@tributary/contracts';
import { type Instant, allocate } from '@tributary/kernel';
import type { FactRef } from '../evidence';
import type { FeeRefunded, Paid, SaleFact } from './events';
import { type Left, PaymentBalance, type Rest, sizeOf } from './payment-balance';
import {
  type Dispute,
  type Reversal,
  disputesOf,
  holdsAt,
  isOpenAt,
  reversalsOf,
  voidOf,
} from './reversals';
import { type FactOf, isOf } from './which-counts';
import { byTime } from './withdrawals';

/** What happened to one payment that counts. */
export interface PaymentHistory {
  readonly paid: FactOf<Paid>;
  /** The payment, and every later instant at which anything of it changed. */
  readonly times: readonly Instant[];
  /** Of its lines, in their order. */
  amountsAt(t: Instant): readonly Left[];
  feesAt(t: Instant): readonly bigint[];
  isDisputedAt(t: Instant): boolean;
  factsBehind(line: string): readonly FactRef[];
  problemsOf(line: string): readonly LineProblem[];
}

/** A line lists so many facts, the latest ones, and says so many things about what could not be applied. */
const MOST_FACTS = 50;
const MOST_PROBLEMS = 20;

/** Of all payments that count, in the order in which they were paid. */
export function paymentHistories(counted: readonly SaleFact[]): readonly PaymentHistory[] {
  const payments = counted.filter(isOf('paid')).sort(inOrderOfPayment);
  const reversals = reversalsOf(counted);
  const disputes = disputesOf(counted);
  const voided = voidOf(counted);
  const { amounts, rests } = takenBack(payments, reversals, voided?.at);
  return payments.map((paid, i) => {
    const { payment, paidAt } = paid.body;
    const ofPayment = amounts[i] ?? [];
    const ownDisputes = disputes.filter((dispute) => isAbout(dispute, payment));
    const feeRefunds = counted
      .filter(isOf('fee_refunded'))
      .filter(({ body }) => (body.payment ?? payments[0]?.body.payment) === payment);
    const others = [
      ...ofPayment.map(({ at }) => at),
      ...ownDisputes.flatMap(({ states }) => states.map(({ at }) => at)),
      ...feeRefunds.map(({ body }) => body.at),
    ];
    return {
      paid,
      times: [...new Set([paidAt, ...others.filter((at) => at > paidAt)])].sort(),
      amountsAt: (t) => ofPayment.findLast(({ at }) => at <= t)?.left ?? [],
      feesAt: (t) => feesOf(paid, feeRefunds, t),
      isDisputedAt: (t) => ownDisputes.some((dispute) => isOpenAt(dispute, t)),
      factsBehind: (line) => factsBehind(paid, line, counted),
      problemsOf: (line) => problemsOf(paid, line, { rests, feeRefunds }),
    };
  });
}

const isAbout = ({ payment }: Pick<Dispute | Reversal, 'payment'>, of: string): boolean =>
  payment === null || payment === of;

function inOrderOfPayment({ body: a }: FactOf<Paid>, { body: b }: FactOf<Paid>): number {
  if (a.paidAt !== b.paidAt) return a.paidAt < b.paidAt ? -1 : 1;
  return a.payment < b.payment ? -1 : 1;
}

interface Amounts {
  readonly at: Instant;
  readonly left: readonly Left[];
}

interface TakenBack {
  /** By payment, in their order. */
  readonly amounts: readonly (readonly Amounts[])[];
  /** What could not be taken of what holds in the end. */
  readonly rests: ReadonlyMap<Reversal, Rest>;
}

/**
 * What is left at every instant is computed from what holds at that instant and nothing else, so that a refund which failed has
 * left no trace. Where something only comes on top, which is nearly always, it goes on from the instant before.
 */
function takenBack(
  payments: readonly FactOf<Paid>[],
  reversals: readonly Reversal[],
  voidAt: Instant | undefined,
): TakenBack {
  const amounts = payments.map((): Amounts[] => []);
  let round = new Round([]);
  for (const t of timesOf(payments, reversals, voidAt)) {
    const paid = payments.filter(({ body }) => body.paidAt <= t);
    const holding = reversals.filter((reversal) => holdsAt(reversal, t));
    if (!round.isContinuedBy(paid, holding)) round = new Round(paid);
    round.apply(holding.slice(round.applied.length));
    for (const [i, balance] of round.balances.entries()) {
      const left =
        voidAt !== undefined && voidAt <= t ? balance.left.map(() => NOTHING) : balance.left;
      amounts[i]?.push({ at: t, left });
    }
  }
  return { amounts, rests: round.rests };
}

const NOTHING: Left = { net: 0n, tax: 0n };

function timesOf(
  payments: readonly FactOf<Paid>[],
  reversals: readonly Reversal[],
  voidAt: Instant | undefined,
): readonly Instant[] {
  const times = payments.map(({ body }) => body.paidAt);
  if (reversals.length === 0 && voidAt === undefined) return [...new Set(times)];
  for (const { at, until } of reversals) times.push(at, ...(until === undefined ? [] : [until]));
  if (voidAt !== undefined) times.push(voidAt);
  return [...new Set(times)].sort();
}

/** Refunds taken from the payments that had been made, one after the other. */
class Round {
  readonly balances: readonly PaymentBalance[];
  readonly applied: Reversal[] = [];
  readonly rests = new Map<Reversal, Rest>();

  constructor(private readonly payments: readonly FactOf<Paid>[]) {
    this.balances = payments.map(({ body }) => new PaymentBalance(body.lines));
  }

  isContinuedBy(payments: readonly FactOf<Paid>[], reversals: readonly Reversal[]): boolean {
    return (
      payments.length === this.payments.length &&
      this.applied.every((reversal, i) => reversal === reversals[i])
    );
  }

  apply(reversals: readonly Reversal[]): void {
    for (const reversal of reversals) {
      let rest = reversal.wanted;
      for (const [i, { body }] of this.payments.entries()) {
        if (!isAbout(reversal, body.payment) || body.asset !== reversal.asset) continue;
        rest = this.balances[i]?.take(rest) ?? rest;
      }
      this.applied.push(reversal);
      this.rests.set(reversal, rest);
    }
  }
}

/** The fee belongs to the whole order; each line bears its share by what was paid for it. */
function feesOf(
  { body }: FactOf<Paid>,
  refunds: readonly FactOf<FeeRefunded>[],
  t: Instant,
): readonly bigint[] {
  if (body.marketplace === null) return [];
  const fee = BigInt(body.marketplace.fee);
  const left = fee - refundedFee(body, refunds, t);
  if (left <= 0n) return body.lines.map(() => 0n);
  const weights = body.lines.map(({ net, tax }) => {
    const paid = BigInt(net) + BigInt(tax);
    return paid > 0n ? paid : 0n;
  });
  return weights.some((weight) => weight > 0n)
    ? allocate(left, weights)
    : body.lines.map((_, i) => (i === 0 ? left : 0n));
}

const refundedFee = (paid: Paid, refunds: readonly FactOf<FeeRefunded>[], t?: Instant): bigint =>
  refunds
    .filter(({ body }) => body.asset === paid.asset && (t === undefined || body.at <= t))
    .reduce((sum, { body }) => sum + BigInt(body.fee), 0n);

/** An exact refund concerns the lines that it names; one that names none of this payment's is shown on them all. */
function concerns({ body }: SaleFact, line: string, paid: Paid): boolean {
  if (!('of' in body) || !('lines' in body.of)) return true;
  const named = body.of.lines.map((each) => each.line);
  return named.includes(line) || !paid.lines.some((each) => named.includes(each.line));
}

function factsBehind(
  { fact, body: paid }: FactOf<Paid>,
  line: string,
  counted: readonly SaleFact[],
): readonly FactRef[] {
  if (counted.length === 1) return [fact];
  const others = counted.filter((other) => {
    const { body } = other;
    if (body.kind === 'paid' || !concerns(other, line, paid)) return false;
    return !('payment' in body) || isAbout(body, paid.payment);
  });
  const latest = others.sort(byTime).slice(1 - MOST_FACTS);
  return [fact, ...latest.map((other) => other.fact)];
}

function problemsOf(
  { body }: FactOf<Paid>,
  line: string,
  { rests, feeRefunds }: Pick<TakenBack, 'rests'> & { feeRefunds: readonly FactOf<FeeRefunded>[] },
): readonly LineProblem[] {
  const problems: LineProblem[] = [];
  for (const [{ fact, payment, asset }, rest] of rests) {
    const left = sizeOf(rest);
    if (left === 0n || !isAbout({ payment }, body.payment) || !concerns(fact, line, body)) continue;
    const code = asset === body.asset ? 'refund_exceeds_payment' : 'asset_differs';
    problems.push({ factId: fact.fact.factId, code, left: String(left) });
  }
  if (feeRefunds.length === 0) return problems.slice(-MOST_PROBLEMS);
  const over = refundedFee(body, feeRefunds) - BigInt(body.marketplace?.fee ?? 0);
  const last = feeRefunds.toSorted(byTime).at(-1);
  if (over > 0n && last)
    problems.push({ factId: last.fact.factId, code: 'fee_refund_exceeds_fee', left: String(over) });
  return problems.slice(-MOST_PROBLEMS);
}
