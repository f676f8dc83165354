import { addMonths, instantOf, msOfText } from './calendar';
import type { ZoneOffset } from './facts';
import type { Duration, Rule } from './plan';
import { invalidRule } from './rules/payer';
import type { Situation } from './situation';

/** Whether a rule still pays; compared by paidAt, so that a late fact changes nothing. A bonus has no line to ask. */
export type InTime = (situation: Situation, offsets: readonly ZoneOffset[]) => boolean;

const ALWAYS: InTime = () => true;

export function compileDuration({ duration, limit }: Rule): InTime {
  const each = [duration, limit].flatMap((asked) => (asked === undefined ? [] : [inTimeOf(asked)]));
  const [only = ALWAYS] = each;
  return each.length <= 1 ? only : (s, offsets) => each.every((inTime) => inTime(s, offsets));
}

function inTimeOf(duration: Duration): InTime {
  if ('firstPayments' in duration) {
    const most = countOf(duration.firstPayments);
    // A payment without an ordinal is not among the first: it does not count, or 36 came before it.
    return ({ line }) => line === null || (line.ordinal !== null && line.ordinal <= most);
  }
  if ('months' in duration) {
    const months = countOf(duration.months);
    return ({ line, paidAt }, offsets) => {
      const first = line?.customer.firstPaidAt ?? null;
      return first === null || paidAt < addMonths(first, months, offsets);
    };
  }
  if ('while' in duration) {
    if (duration.while !== 'customer_active')
      throw invalidRule('a rule can wait for nothing but customer_active', { duration });
    const resumes = duration.resume === true;
    return ({ line }) =>
      line === null || (line.customer.active && (resumes || !line.customer.reactivated));
  }
  if (!('until' in duration)) throw invalidRule('there is no such duration', { duration });
  const until = instantOf(msOfText(duration.until));
  return ({ paidAt }) => paidAt < until;
}

function countOf(count: number): number {
  if (!Number.isSafeInteger(count) || count < 1)
    throw invalidRule('a duration counts from 1', { count });
  return count;
}
