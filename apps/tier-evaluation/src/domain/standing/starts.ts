import { TRACKS, type Track } from '@tributary/contracts';
import type { Instant } from '@tributary/kernel';

export type Tier = string | null;

/** From this payment on a partner stands in this tier, until the next start. Before the first it stands in none. */
export interface Start {
  readonly from: Instant;
  readonly tier: Tier;
}

/** No tier at all ranks below every tier. */
export const rank = (track: Track, tier: Tier): number =>
  tier === null ? -1 : (TRACKS[track] as readonly string[]).indexOf(tier);

export const isLower = (track: Track, tier: Tier, than: Tier): boolean =>
  rank(track, tier) < rank(track, than);

export const higherOf = (track: Track, a: Tier, b: Tier): Tier => (isLower(track, a, b) ? b : a);

export const tierAt = (starts: readonly Start[], t: Instant): Tier => {
  for (let i = starts.length - 1; i >= 0; i--) {
    const start = starts[i] as Start;
    if (start.from <= t) return start.tier;
  }
  return null;
};

/** Of starts that change nothing only the first is one. */
export const changing = (starts: readonly Start[], before: Tier = null): readonly Start[] =>
  starts.filter(({ tier }, i) => tier !== (i === 0 ? before : starts[i - 1]?.tier));

/** Two histories, made one at every time. */
export function combined(
  a: readonly Start[],
  b: readonly Start[],
  combine: (a: Tier, b: Tier) => Tier,
): readonly Start[] {
  if (a.length === 0 && b.length === 0) return a;
  const froms = [...new Set([...a, ...b].map(({ from }) => from))].sort();
  const merged: Start[] = [];
  let [i, j] = [0, 0];
  for (const from of froms) {
    while (begins(a[i], from)) i++;
    while (begins(b[j], from)) j++;
    merged.push({ from, tier: combine(a[i - 1]?.tier ?? null, b[j - 1]?.tier ?? null) });
  }
  return changing(merged);
}

/** No time stands for "never": the last that there is may be named like any other. */
const begins = (start: Start | undefined, by: Instant): boolean =>
  start !== undefined && start.from <= by;

export const highest = (track: Track, a: readonly Start[], b: readonly Start[]): readonly Start[] =>
  combined(a, b, (one, other) => higherOf(track, one, other));

/** The one history until a time, and the other from then on. */
export function spliced(
  before: readonly Start[],
  at: Instant,
  after: readonly Start[],
): readonly Start[] {
  const past = before.filter(({ from }) => from < at);
  const future = after.filter(({ from }) => from > at);
  return changing([...past, { from: at, tier: tierAt(after, at) }, ...future]);
}

/**
 * What holds from a grant on. One that raises leaves what already stood higher, so that history may be told in any order; one
 * that lowers takes the place of everything from its start on, of promotions that were planned as well.
 */
export function startsWith(
  starts: readonly Start[],
  track: Track,
  { from, tier }: Start,
): readonly Start[] {
  const first = { from, tier };
  if (isLower(track, tier, tierAt(starts, from))) return spliced(starts, from, [first]);
  return spliced(starts, from, highest(track, starts, [first]));
}

export const sameStarts = (a: readonly Start[], b: readonly Start[]): boolean =>
  a.length === b.length &&
  a.every(({ from, tier }, i) => b[i]?.from === from && b[i]?.tier === tier);
