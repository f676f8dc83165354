import type { Track } from '@tributary/contracts';
import type { Instant } from '@tributary/kernel';
import { type Schedule, scheduleOf } from '../evaluation/entitled';
import { entitledByTallies } from '../evaluation/tallies';
import { type Start, combined, highest, isLower, rank, spliced, tierAt } from './starts';
import type { Cap, Standing } from './state';
import type { Pair } from './timeline';

export const scheduleIn = (track: Track, { rules }: Standing): Schedule =>
  scheduleOf(track, rules.steps);

/** What a partner is entitled to at every time: the evidence, or what was granted by hand, and at most what an annulment leaves. */
export function entitledIn(
  track: Track,
  { caps, grants, rules, tallies }: Pick<Standing, 'caps' | 'grants' | 'rules' | 'tallies'>,
  asOf: Instant,
): readonly Start[] {
  const evidence = entitledByTallies(tallies, scheduleOf(track, rules.steps), asOf);
  return capped(track, highest(track, evidence, grants), caps);
}

export function capped(
  track: Track,
  starts: readonly Start[],
  caps: readonly Cap[],
): readonly Start[] {
  return caps.reduce((before, { from, until, tier }) => {
    const least = combined(before, [{ from, tier }], (one, cap) =>
      isLower(track, cap, one) ? cap : one,
    );
    const under = spliced(before, from, least);
    return until === null ? under : spliced(under, until, before);
  }, starts);
}

/**
 * What applies once this is known: at every time until now the higher of what is entitled and what was told before, and from now
 * on what is entitled, or the tier that is held beyond that.
 */
export function appliedAfter(
  track: Track,
  before: readonly Start[],
  entitled: readonly Start[],
  asOf: Instant,
): readonly Start[] {
  const past = highest(track, before, entitled);
  const now = tierAt(past, asOf);
  const isHeld = isLower(track, tierAt(entitled, asOf), now);
  return spliced(
    past,
    asOf,
    isHeld ? highest(track, entitled, [{ from: asOf, tier: now }]) : entitled,
  );
}

/** Tiers above what is entitled, up to the one that applies; the highest first. */
export function lostTiers(
  track: Track,
  { applied, entitled }: Pair,
  tiers: readonly string[],
  asOf: Instant,
): readonly string[] {
  const [most, least] = [tierAt(applied, asOf), tierAt(entitled, asOf)];
  return tiers
    .filter((tier) => isLower(track, least, tier) && rank(track, tier) <= rank(track, most))
    .reverse();
}
