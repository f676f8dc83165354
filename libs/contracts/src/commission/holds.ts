import type { Published } from '../published';
import type { CommissionHold } from './line';

export const COMMISSION_HOLDS = 'commission.holds.v1';

/** What keeps commissions from being released, whatever their date says: all that ever held them, each with its end. */
export interface CommissionHoldsData {
  readonly partner: string;
  readonly plan: string;
  readonly window: string;
  /** The lines of one payment or bonus, which are held together; null: everything in the window. */
  readonly group: string | null;
  /** Of the group; empty where it is everything. */
  readonly lineIds: readonly string[];
  readonly holds: readonly CommissionHold[];
}

export type CommissionHoldsTold = Published<typeof COMMISSION_HOLDS, CommissionHoldsData>;
