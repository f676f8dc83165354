import type { CommissionKey, PartnerStatus } from '@tributary/contracts';
import type { Day, DomainEvent, Instant, Uuid } from '@tributary/kernel';
import type { ItemEvent } from './item-events';
import type { LineMove, Moved, WithAnyEntry, WithEntry } from './moved';
import type { DisputedLine, OfAccount, PayeeTerms } from './terms';

export type * from './item-events';
export type { LineMove, Moved } from './moved';

/** The first event of the stream: from here on the account asks to be told of its partner and its payee. */
export type AccountOpened = DomainEvent<'AccountOpened', OfAccount>;
export type PayeeLearned = DomainEvent<
  'PayeeLearned',
  OfAccount & { readonly revision: number; readonly payee: PayeeTerms }
>;
export type PartnerLearned = DomainEvent<
  'PartnerLearned',
  OfAccount & { readonly revision: number; readonly steps: readonly StatusStep[] }
>;
export interface StatusStep {
  readonly at: Instant;
  readonly status: PartnerStatus;
}

/** Lines that do not fit into the event that follows in the same append, and are moved with it. */
export type LinesMoved = DomainEvent<
  'LinesMoved',
  OfAccount & { readonly lines: readonly LineMove[] }
>;
/** A release of commission is booked once: `release` is the published event, and the cause of this one. */
export type ReleaseTaken = DomainEvent<
  'ReleaseTaken',
  OfAccount &
    Moved &
    WithEntry & {
      readonly release: Uuid;
      readonly line: string;
      readonly key: CommissionKey;
      readonly programme: string;
      readonly plan: string;
      readonly window: string;
      /** Negative where it takes back. */
      readonly amount: string;
    }
>;
/** Commission says how much of a line must not be paid for now. */
export type LineFrozenNoted = DomainEvent<
  'LineFrozenNoted',
  OfAccount &
    Moved &
    WithAnyEntry & {
      readonly line: string;
      readonly programme: string;
      readonly plan: string;
      readonly window: string;
      /** "0": nothing any longer. */
      readonly frozen: string;
    }
>;
/** Derived: money came to lines that are frozen or disputed, and goes no further. */
export type LinesSetAside = DomainEvent<'LinesSetAside', OfAccount & Moved & WithEntry>;

export interface Adjustment {
  readonly adjustment: Uuid;
  readonly programme: string;
  /** Signed. */
  readonly amount: string;
  readonly reason: string;
  readonly evidence: readonly string[];
}
export type AdjustmentProposed = DomainEvent<
  'AdjustmentProposed',
  OfAccount & Adjustment & { readonly by: string }
>;
export type AdjustmentBooked = DomainEvent<
  'AdjustmentBooked',
  OfAccount &
    Adjustment &
    Moved &
    WithEntry & {
      /** By which its money is known in items. */
      readonly line: string;
      readonly proposedBy: string;
      readonly by: string;
    }
>;
export type ProposalWithdrawn = DomainEvent<
  'ProposalWithdrawn',
  OfAccount & {
    readonly kind: 'adjustment' | 'dispute_decision' | 'write_off';
    /** Of the adjustment, the write-off or the dispute. */
    readonly proposal: Uuid;
    readonly reason: string;
    readonly by: string;
  }
>;

export type DisputeOpened = DomainEvent<
  'DisputeOpened',
  OfAccount &
    WithAnyEntry & {
      readonly dispute: Uuid;
      readonly disputed: readonly DisputedLine[];
      readonly reason: string;
      readonly evidence: readonly string[];
      /** Until when the partner may expect an answer. */
      readonly answerBy: Instant;
      readonly by: string;
    } & Moved
>;
export type DisputeDecisionProposed = DomainEvent<
  'DisputeDecisionProposed',
  OfAccount & {
    readonly dispute: Uuid;
    readonly decisions: readonly LineDecision[];
    readonly reason: string;
    readonly evidence: readonly string[];
    readonly by: string;
  }
>;
export interface LineDecision {
  readonly line: string;
  /** What it is worth from now on, minor units; null: the dispute is refused, nothing changes. */
  readonly due: string | null;
}
/** One for each line. Commission, which alone says what a line is worth, is told where `due` is not null. */
export type DisputeDecided = DomainEvent<
  'DisputeDecided',
  OfAccount & {
    readonly dispute: Uuid;
    /** Of commission. */
    readonly lineId: string;
    readonly programme: string;
    readonly plan: string;
    readonly window: string;
    readonly due: string | null;
    readonly reason: string;
    readonly evidence: readonly string[];
    readonly proposedBy: string;
    readonly decidedBy: string;
    readonly decidedAt: Instant;
  }
>;
/** Of one line: what is left of it is payable again, unless something else holds it. */
export type DisputeEnded = DomainEvent<
  'DisputeEnded',
  OfAccount &
    Moved &
    WithAnyEntry & {
      readonly dispute: Uuid;
      readonly line: string;
      readonly programme: string;
      readonly outcome: 'decided' | 'ended' | 'refused';
      /** Who ended it, where it did not end by itself. */
      readonly by: string | null;
      readonly note: string | null;
    }
>;

export type ReceivableDemanded = DomainEvent<
  'ReceivableDemanded',
  OfAccount & { readonly amount: string; readonly payBy: Instant; readonly by: string }
>;
export type ReceivableRepaid = DomainEvent<
  'ReceivableRepaid',
  OfAccount &
    WithEntry & {
      readonly repayment: Uuid;
      readonly amount: string;
      readonly owed: string;
      readonly rail: string;
      /** Null, or anything, in those that were recorded before a line of the bank had to be taken first. */
      readonly bankLine: string | null;
      readonly bookedOn: Day;
      readonly by: string;
    }
>;
/** The answer to a repayment that is not booked, kept so that it is the same however late it is asked again: its line is free by then. */
export type RepaymentDeclined = DomainEvent<
  'RepaymentDeclined',
  OfAccount & {
    readonly repayment: Uuid;
    readonly rail: string;
    readonly bankLine: string;
    readonly reason: 'invalid_amount' | 'more_than_owed' | 'nothing_owed';
  }
>;
export interface WriteOff {
  readonly writeOff: Uuid;
  readonly amount: string;
  readonly reason: string;
  readonly evidence: readonly string[];
}
export type WriteOffProposed = DomainEvent<
  'WriteOffProposed',
  OfAccount & WriteOff & { readonly by: string }
>;
export type ReceivableWrittenOff = DomainEvent<
  'ReceivableWrittenOff',
  OfAccount &
    WriteOff &
    WithEntry & {
      readonly owed: string;
      /** The part that had been allowed for. */
      readonly fromAllowance: string;
      readonly proposedBy: string;
      readonly by: string;
    }
>;
/** Somebody expects that so much will not be repaid. */
export type ReceivableAllowedFor = DomainEvent<
  'ReceivableAllowedFor',
  OfAccount &
    WithEntry & {
      /** In all, from now on. */
      readonly allowance: string;
      readonly change: string;
      readonly reason: string;
      readonly by: string;
    }
>;
/** The partner is back, and with it the debt that was written off. */
export type WriteOffReversed = DomainEvent<
  'WriteOffReversed',
  OfAccount & Moved & WithEntry & { readonly amount: string }
>;

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type AccountEvent =
  | ItemEvent
  | AccountOpened
  | AdjustmentBooked
  | AdjustmentProposed
  | DisputeDecided
  | DisputeDecisionProposed
  | DisputeEnded
  | DisputeOpened
  | LineFrozenNoted
  | LinesMoved
  | LinesSetAside
  | PartnerLearned
  | PayeeLearned
  | ProposalWithdrawn
  | ReceivableAllowedFor
  | ReceivableDemanded
  | ReceivableRepaid
  | ReceivableWrittenOff
  | ReleaseTaken
  | RepaymentDeclined
  | WriteOffProposed
  | WriteOffReversed;
