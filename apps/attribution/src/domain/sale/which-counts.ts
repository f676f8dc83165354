import { MAIN_PROGRAMME } from '@tributary/contracts';
import { unreachable } from '@tributary/kernel';
import { everReportedAs, underFirstReport } from './corrected-usage';
import type { Paid, SaleFact, SaleFactBody } from './events';
import type { Sale } from './state';
import { byTime, withdrawalsOf } from './withdrawals';

export interface FactOf<B extends SaleFactBody> extends SaleFact {
  readonly body: B;
}

export const isOf =
  <K extends SaleFactBody['kind']>(kind: K) =>
  (fact: SaleFact): fact is FactOf<Extract<SaleFactBody, { kind: K }>> =>
    fact.body.kind === kind;

/** Facts with one business key say the same thing; one of them counts. */
export function businessKeyOf(body: SaleFactBody): string {
  switch (body.kind) {
    case 'paid':
      return `paid ${body.payment}`;
    case 'refunded':
      return `refunded ${body.refund}`;
    case 'refund_failed':
      return `refund_failed ${body.refund}`;
    case 'credited_back':
      return `credited_back ${body.creditNote}`;
    case 'disputed':
      return `disputed ${body.state} ${body.dispute}`;
    case 'fee_refunded':
      return `fee_refunded ${body.feeRefund}`;
    case 'unpriced':
      return `unpriced ${body.payment}`;
    case 'voided':
      return 'voided';
    default:
      return unreachable(body);
  }
}

/** The facts that count, one per business key. */
export function countedFacts(sale: Sale): readonly SaleFact[] {
  const withdrawalOf = withdrawalsOf(sale);
  const reported = underFirstReport(sale.taken, withdrawalOf);
  const compare = byRank(sale);
  const best = new Map<string, SaleFact>();
  for (const taken of sale.taken) {
    if (withdrawalOf(taken.fact) !== undefined) continue;
    const fact = reported(taken.fact);
    const key = businessKeyOf(fact.body);
    const held = best.get(key);
    if (held === undefined || compare(fact, held) < 0) best.set(key, fact);
  }
  return [...best.values()];
}

/**
 * Every fact that ever told of this payment, the best first, whether or not it was taken back. Where none does by its own name, those
 * that corrected a report of that name.
 */
export function factsOfPayment(sale: Sale, payment: string): readonly FactOf<Paid>[] {
  const paid = sale.taken.map(({ fact }) => fact).filter(isOf('paid'));
  const named = paid.filter(({ body }) => body.payment === payment);
  if (named.length > 0) return named.sort(byRank(sale));
  const namesOf = everReportedAs(sale.taken);
  return paid.filter((fact) => namesOf(fact).has(payment)).sort(byRank(sale));
}

export function hasAlternatives({ taken }: Sale): boolean {
  // Nearly every sale is one payment.
  if (taken.length < 2) return false;
  const keys = new Set(taken.map(({ fact }) => businessKeyOf(fact.body)));
  return keys.size < taken.length;
}

/**
 * One programme for all facts of a sale, because alternatives of one thing are ranked by one list: the one that the earliest
 * payment names, else the customer's.
 */
export function programmeOf({ taken, customers }: Sale): string {
  const paid = taken
    .map(({ fact }) => fact)
    .filter(isOf('paid'))
    .sort(byTime);
  for (const { body } of paid) if (body.programme !== null) return body.programme;
  for (const { body } of paid) {
    const programme = customers[body.customer]?.programme;
    if (programme) return programme;
  }
  return MAIN_PROGRAMME;
}

/** First in the programme's ranking, then the earliest; the names only make one instant certain. */
function byRank(sale: Sale): (a: SaleFact, b: SaleFact) => number {
  if (!hasAlternatives(sale)) return byTime;
  const sources = sale.rankings[programmeOf(sale)]?.sources ?? [];
  // A source that is not ranked stands behind all that are.
  const rankOf = ({ source }: SaleFact): number => {
    const rank = sources.indexOf(source);
    return rank < 0 ? sources.length : rank;
  };
  return (a, b) => rankOf(a) - rankOf(b) || byTime(a, b);
}
