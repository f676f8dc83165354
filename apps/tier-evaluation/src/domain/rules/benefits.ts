import type { Instant } from '@tributary/kernel';
import type { Benefit, TierRules } from './content';

export interface HeldBenefit extends Benefit {
  /** The lowest tier that brings it. */
  readonly tier: string;
}

/** What comes with a tier at a time: its own and those of the lower ones, each within its dates. */
export function benefitsAt(
  { tiers }: TierRules,
  applied: string | null,
  t: Instant,
): readonly HeldBenefit[] {
  const highest = tiers.findIndex(({ tier }) => tier === applied);
  const held = new Map<string, HeldBenefit>();
  for (const { tier, benefits } of tiers.slice(0, highest + 1))
    for (const benefit of benefits)
      if (!held.has(benefit.id) && isWithinDates(benefit, t))
        held.set(benefit.id, { ...benefit, tier });
  return [...held.values()];
}

const isWithinDates = ({ from, until }: Benefit, t: Instant): boolean =>
  (from === null || from <= t) && (until === null || t < until);
