import {
  COMMISSION_BEHIND,
  COMMISSION_HOLDS,
  COMMISSION_POSTED,
  COMMISSION_RELEASED,
  LINE_FROZEN,
} from '@tributary/contracts';
import type { Publication } from '@tributary/feeds';

/** What payouts and the partners themselves may know. */
export const publication: Publication = {
  owner: 'commission',
  version: 3,
  types: [
    'CommissionPosted',
    'CommissionReleased',
    'HoldsChanged',
    'LineFrozen',
    'ReleaseTakenBack',
    'WindowCaughtUp',
    'WindowFellBehind',
  ],
  publish: ({ type, data }) => {
    switch (type) {
      case 'CommissionPosted':
        return { type: COMMISSION_POSTED, data };
      case 'HoldsChanged':
        return { type: COMMISSION_HOLDS, data };
      case 'LineFrozen':
        return { type: LINE_FROZEN, data };
      case 'WindowCaughtUp':
      case 'WindowFellBehind': {
        const { partner, plan, window } = data;
        return {
          type: COMMISSION_BEHIND,
          data: { partner, plan, window, behind: type === 'WindowFellBehind' },
        };
      }
      default:
        return { type: COMMISSION_RELEASED, data };
    }
  },
};
