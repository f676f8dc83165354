import { STANDING, type StandingData } from '@tributary/contracts';
import type { Publication } from '@tributary/feeds';

/** What others may know: the timeline, and neither who decided nor why, nor what is only proposed. */
export const publication: Publication = {
  owner: 'tiers',
  version: 2,
  types: ['EntitlementChanged', 'StandingGranted', 'TierAnnulled', 'TierLowered', 'TierRaised'],
  publish: ({ data }) => {
    const { partner, track, steps } = data as unknown as StandingData;
    return { type: STANDING, data: { partner, track, steps } satisfies StandingData };
  },
};
