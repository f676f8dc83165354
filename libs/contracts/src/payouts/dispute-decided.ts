import type { Instant, Uuid } from '@tributary/kernel';
import type { Published } from '../published';

export const DISPUTE_DECIDED = 'payouts.dispute-decided.v1';

/** Two persons have decided what a line that its partner disputed is worth. Commission books the difference. */
export interface DisputeDecidedData {
  readonly dispute: Uuid;
  /** Of commission. */
  readonly lineId: string;
  readonly partner: string;
  readonly plan: string;
  readonly window: string;
  /** What it is worth from now on, in minor units; null: as the rules say, nothing changes. */
  readonly due: string | null;
  readonly reason: string;
  readonly evidence: readonly string[];
  readonly proposedBy: string;
  readonly decidedBy: string;
  readonly decidedAt: Instant;
}

export type DisputeDecidedTold = Published<typeof DISPUTE_DECIDED, DisputeDecidedData>;
