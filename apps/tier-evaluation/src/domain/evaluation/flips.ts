import type { Instant } from '@tributary/kernel';

/** When something becomes true, false again, and so on, ascending; before the first it is false. */
export type Flips = readonly Instant[];

/** From a time on a total is so much more, or less. */
export interface Delta {
  readonly at: Instant;
  readonly by: bigint;
}

const byTime = (a: Delta, b: Delta): number => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0);

/** When a running total is enough. What happens at one instant happens at once. */
export function flipsOfTotal(
  deltas: readonly Delta[],
  isEnough: (total: bigint) => boolean,
): Flips {
  const ordered = [...deltas].sort(byTime);
  const flips: Instant[] = [];
  let total = 0n;
  let holds = false;
  for (const [i, { at, by }] of ordered.entries()) {
    total += by;
    if (ordered[i + 1]?.at === at || isEnough(total) === holds) continue;
    holds = !holds;
    flips.push(at);
  }
  return flips;
}

/** When at least one of some intervals, each with an end or without, is open. */
export function flipsOfIntervals(
  intervals: readonly { readonly from: Instant; readonly until: Instant | null }[],
): Flips {
  const deltas = intervals
    .filter(({ from, until }) => until === null || from < until)
    .flatMap(({ from, until }): Delta[] => [
      { at: from, by: 1n },
      ...(until === null ? [] : [{ at: until, by: -1n }]),
    ]);
  return flipsOfTotal(deltas, (open) => open > 0n);
}

/** When all of them are true. */
export function flipsOfAll(all: readonly Flips[]): Flips {
  const [only] = all;
  if (all.length === 1 && only !== undefined) return only;
  const deltas = all.flatMap((flips) =>
    flips.map((at, i): Delta => ({ at, by: i % 2 === 0 ? 1n : -1n })),
  );
  return flipsOfTotal(deltas, (open) => open === BigInt(all.length));
}

export function holdsAt(flips: Flips, t: Instant): boolean {
  let holds = false;
  for (const at of flips) {
    if (at > t) break;
    holds = !holds;
  }
  return holds;
}
