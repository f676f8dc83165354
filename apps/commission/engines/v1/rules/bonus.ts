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

export function reachedBy(contributions: readonly Contribution[], threshold: Exact): Reached {
  const ordered = [...contributions].sort((a, b) =>
    a.at !== b.at ? (a.at < b.at ? -1 : 1) : a.id < b.id ? -1 : 1,
  );
  let total = ZERO;
  let by: Contribution | undefined;
  for (const contribution of ordered) {
    total = plus(total, contribution.amount);
    if (compare(total, threshold) < 0) by = undefined;
    else by ??= contribution;
  }
  return { total, by };
}
