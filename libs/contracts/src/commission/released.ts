import type { BalancedEntry, Instant } from '@tributary/kernel';
import type { Published } from '../published';
import type { OfCommissionLine } from './line';

export const COMMISSION_RELEASED = 'commission.released.v1';

/** Handed to payouts, or taken back from what was. */
export interface CommissionReleasedData extends OfCommissionLine {
  /** Minor units; negative where a posting takes from what was released. */
  readonly amount: string;
  /** Until when it was held; null for what is taken back. */
  readonly until: Instant | null;
  /** Null for what is taken back: its legs stand in the posting. */
  readonly entry?: BalancedEntry;
}

export type CommissionReleasedTold = Published<typeof COMMISSION_RELEASED, CommissionReleasedData>;
