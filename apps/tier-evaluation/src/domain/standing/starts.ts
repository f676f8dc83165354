import { TRACKS, type StandingValue, type Track } from '@tributary/contracts';
import { type Instant, type Step, emptyTimeline, reviseTimeline } from '@tributary/kernel';

export type Tier = string | null;

/** From this payment on a partner stands in this tier, until the next start. */
export interface Start {
  readonly from: Instant;
  readonly tier: Tier;
}

/** No tier at all ranks below every tier. */
const rank = (track: Track, tier: Tier): number =>
  tier === null ? -1 : (TRACKS[track] as readonly string[]).indexOf(tier);

export const isLower = (track: Track, tier: Tier, than: Tier): boolean =>
  rank(track, tier) < rank(track, than);

export const tierAt = (starts: readonly Start[], paidAt: Instant): Tier =>
  starts.findLast(({ from }) => from <= paidAt)?.tier ?? null;

/**
 * What holds from a grant on. One that raises leaves what already stood higher, so that history may be told in any order; one
 * that lowers takes the place of everything from its start on, of promotions that were planned as well.
 */
export function startsFrom(
  starts: readonly Start[],
  track: Track,
  { from, tier }: Start,
): readonly Start[] {
  const first = { from, tier };
  if (isLower(track, tier, tierAt(starts, from))) return [first];
  const later = starts
    .filter((start) => start.from > from)
    .map((start) => ({
      from: start.from,
      tier: isLower(track, start.tier, tier) ? tier : start.tier,
    }));
  return [first, ...changing(later, tier)];
}

/** The whole history with a grant in it. */
export const startsWith = (
  starts: readonly Start[],
  track: Track,
  grant: Start,
): readonly Start[] =>
  changing(
    [...starts.filter(({ from }) => from < grant.from), ...startsFrom(starts, track, grant)],
    null,
  );

/** Of starts that change nothing only the first is one. */
const changing = (starts: readonly Start[], before: Tier): readonly Start[] =>
  starts.filter(({ tier }, i) => tier !== (i === 0 ? before : starts[i - 1]?.tier));

/** What was told stays, and every start from the grant's on is told again: of two steps that govern a sale the later decided wins. */
export function stepsAfter(
  told: readonly Step<StandingValue>[],
  again: readonly Start[],
  at: Instant,
): readonly Step<StandingValue>[] {
  const added = again.map(({ from, tier }) => ({
    at,
    from,
    value: { applied: tier, entitled: tier },
  }));
  return reviseTimeline<StandingValue>(emptyTimeline, [...told, ...added]).steps;
}
