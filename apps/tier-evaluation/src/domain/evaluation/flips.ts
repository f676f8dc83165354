import type { Instant } from '@tributary/kernel';
import { BEGINNING } from '../rules/starter';

/** When something becomes true, false again, and so on, ascending; before the first it is false. */
export type Flips = readonly Instant[];

/** From a time on a total is so much more, or less. */
export interface Delta {
  readonly at: Instant;
  readonly by: bigint;
}

/** From a time on, until another or for good. */
export interface Interval {
  readonly from: Instant;
  readonly until: Instant | null;
}

const byTime = (a: Delta, b: Delta): number => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0);

/** When a running total is enough. It begins at zero, and what happens at one instant happens at once. */
export function flipsOfTotal(deltas: readonly Delta[], least: bigint): Flips {
  const ordered = [...deltas].sort(byTime);
  let holds = least <= 0n;
  const flips: Instant[] = holds ? [BEGINNING] : [];
  let total = 0n;
  for (const [i, { at, by }] of ordered.entries()) {
    total += by;
    if (ordered[i + 1]?.at === at || total >= least === holds) continue;
    holds = !holds;
    flips.push(at);
  }
  return flips;
}

/** How many intervals are open. */
export const deltasOfIntervals = (intervals: readonly Interval[]): Delta[] =>
  intervals
    .filter(({ from, until }) => until === null || from < until)
    .flatMap(({ from, until }): Delta[] => [
      { at: from, by: 1n },
      ...(until === null ? [] : [{ at: until, by: -1n }]),
    ]);

/** When all of them are true. */
export function flipsOfAll(all: readonly Flips[]): Flips {
  const [only] = all;
  if (all.length === 1 && only !== undefined) return only;
  const deltas = all.flatMap((flips) =>
    flips.map((at, i): Delta => ({ at, by: i % 2 === 0 ? 1n : -1n })),
  );
  return flipsOfTotal(deltas, BigInt(all.length));
}
