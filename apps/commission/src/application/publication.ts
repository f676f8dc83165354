import {
  COMMISSION_HOLDS,
  COMMISSION_POSTED,
  COMMISSION_RELEASED,
  LINE_FROZEN,
} from '@tributary/contracts';
import type { Publication } from '@tributary/feeds';

/** What payouts and the partners themselves may know. */
export const publication: Publication = {
  owner: 'commission',
  version: 2,
  types: [
    'CommissionPosted',
    'CommissionReleased',
    'HoldsChanged',
    'LineFrozen',
    'ReleaseTakenBack',
  ],
  publish: ({ type, data }) => {
    switch (type) {
      case 'CommissionPosted':
        return { type: COMMISSION_POSTED, data };
      case 'HoldsChanged':
        return { type: COMMISSION_HOLDS, data };
      case 'LineFrozen':
        return { type: LINE_FROZEN, data };
      default:
        return { type: COMMISSION_RELEASED, data };
    }
  },
};
