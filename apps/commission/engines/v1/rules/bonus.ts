import type { Instant } from '@tributary/kernel';
import { type Exact, ZERO, compare, plus, whole } from '../exact';
import type { MeasureFact, WindowPeriod } from '../facts';
import type { BonusPay, WindowLength } from '../plan';
import { atTime } from '../timelines';
import { amountOf, invalidRule } from './payer';

export interface Bonus {
  readonly amount: bigint;
  readonly once: WindowLength;
  readonly needsApproval: boolean;
  /** The measure that is counted; null: the credited net is summed. */
  readonly measure: string | null;
  readonly threshold: Exact;
}

export function compileBonus({ amount, once, when, approval }: BonusPay): Bonus {
  const threshold = 'count' in when ? BigInt(when.gte) : amountOf(when.gte);
  if (threshold < 1n) throw invalidRule('a threshold is above zero', { when });
  return {
    amount: amountOf(amount),
    once,
    needsApproval: approval === true,
    measure: 'count' in when ? when.count : null,
    threshold: whole(threshold),
  };
}

/** Something that brings the threshold nearer, in the order of the world. */
export interface Contribution {
  readonly at: Instant;
  readonly id: string;
  readonly amount: Exact;
}

/** Each thing counts in the period in which it was first seen, as much as it counts now. */
export function measuredIn(
  measures: readonly MeasureFact[],
  name: string,
  { from, until }: WindowPeriod,
  t: Instant,
): readonly Contribution[] {
  const contributions: Contribution[] = [];
  for (const { measure, subject, steps } of measures) {
    if (measure !== name) continue;
    const first = steps.find(({ at, value }) => at <= t && value.count > 0);
    if (first === undefined || first.at < from || first.at >= until) continue;
    const { count } = atTime(steps, t) as { readonly count: number };
    contributions.push({ at: first.at, id: subject, amount: whole(BigInt(count)) });
  }
  return contributions;
}

export interface Reached {
  readonly total: Exact;
  /** What carried the sum over the threshold for good; undefined: nothing yet. */
  readonly by: Contribution | undefined;
}

/** What is in force at a moment: this version or another, and the threshold that it names; undefined: it has no such bonus. */
export type InForce = (at: Instant) => {
  readonly isThis: boolean;
  readonly threshold: Exact | undefined;
};

/**
 * A version says nothing of what came before it. So what carries the sum over its threshold comes while it is in force, and either
 * brings the sum there or is the first to find it there, where the threshold before was a higher one.
 */
export function reachedBy(
  contributions: readonly Contribution[],
  threshold: Exact,
  inForce: InForce,
): Reached {
  const ordered = [...contributions].sort((a, b) =>
    a.at !== b.at ? (a.at < b.at ? -1 : 1) : a.id < b.id ? -1 : 1,
  );
  let total = ZERO;
  let by: Contribution | undefined;
  let previous: Contribution | undefined;
  for (const contribution of ordered) {
    const before = total;
    total = plus(total, contribution.amount);
    if (compare(total, threshold) < 0) by = undefined;
    else if (by === undefined && compare(total, before) > 0 && inForce(contribution.at).isThis) {
      const asked = previous && inForce(previous.at).threshold;
      const isNew =
        compare(before, threshold) < 0 || asked === undefined || compare(before, asked) < 0;
      if (isNew) by = contribution;
    }
    // What brings nothing has asked for nothing either.
    if (compare(total, before) > 0) previous = contribution;
  }
  return { total, by };
}
