import type { Published } from '../published';

export const COMMISSION_BEHIND = 'commission.behind.v1';

/**
 * Whether everything that commission knows about a window is posted. While it is not, no month of the entity is cut; a backlog that
 * begins after the cut belongs to the next month.
 */
export interface CommissionBehindData {
  readonly partner: string;
  readonly plan: string;
  /** `2026-03`, `2026-q1` or `2026`. */
  readonly window: string;
  readonly behind: boolean;
}

export type CommissionBehindTold = Published<typeof COMMISSION_BEHIND, CommissionBehindData>;
