import type { StandingValue } from '@tributary/contracts';
import type { Instant, Step } from '@tributary/kernel';
import type { Risk } from '../domain/evaluation/risks';

export interface PendingProposal {
  readonly proposal: number;
  readonly tier: string | null;
  /** Null: from the approval on. */
  readonly from: Instant | null;
  readonly reason: string;
  readonly evidence: readonly string[];
  readonly by: string;
}

export interface DecidedProposal extends Omit<PendingProposal, 'by'> {
  readonly granted: boolean;
  readonly proposedBy: string;
  readonly decidedBy: string;
  readonly decidedAt: Instant;
  readonly refusedFor: string | null;
}

/** A partner in one track: what holds for a payment of the asked time; null where nothing was ever granted for it. */
export interface StandingNow {
  readonly partner: string;
  readonly track: string;
  readonly value: StandingValue | null;
}

export interface PendingAnnulment extends Omit<PendingProposal, 'proposal'> {
  readonly annulment: number;
  readonly until: Instant | null;
}

export interface StandingItem extends StandingNow {
  readonly pending: PendingProposal | null;
  /** An annulment that waits for a second person. */
  readonly annulment: PendingAnnulment | null;
  /** Commitments that were not kept. */
  readonly risks: readonly Risk[];
}

export interface StandingHistory extends StandingNow {
  readonly steps: readonly Step<StandingValue>[];
}

/** What two persons took away for fraud. */
export interface DecidedAnnulment extends PendingAnnulment {
  readonly proposedBy: string;
  readonly at: Instant;
}

export interface StandingFile extends StandingHistory, StandingItem {
  readonly decisions: readonly DecidedProposal[];
  readonly annulments: readonly DecidedAnnulment[];
}
