import type { Asset, Day, DomainEvent, Instant, StreamName, Uuid } from '@tributary/kernel';
import { streamOf, withoutDashes } from '@tributary/kernel';
import type { ConfirmedMethod, DeclineReason } from '../account/terms';
import type { ItemId } from '../item';
import type { WithholdingRules } from '../withholding/rules';

export const runStreamOf = (tenant: string, run: Uuid): StreamName =>
  streamOf('run', tenant, withoutDashes(run));

interface OfRun {
  readonly run: Uuid;
}

/** What a person has to look at before such a payment is approved. */
export const FLAGS = ['above_usual', 'first_payment', 'recent_details', 'shared_account'] as const;
export type Flag = (typeof FLAGS)[number];

/** What makes an item impossible to write, as the rail says. */
export interface Fault {
  readonly code: string;
  readonly field: string;
  readonly message: string;
}

/** Of an item that an account reserved, what the run adds up and what its approver has to see. */
export interface NotedItem {
  readonly item: ItemId;
  readonly partner: string;
  readonly gross: string;
  readonly withheld: string;
  readonly net: string;
  /** Of the whole reservation, its lines and taxes included: the hash of the run is made of these. */
  readonly hash: string;
  readonly lines: number;
  readonly method: ConfirmedMethod;
  readonly replaces: readonly ItemId[];
  /** Gross amounts of the last runs in which this account was paid, the latest first, at most six. */
  readonly recent: readonly string[];
  /** Another partner who was paid to the same place by an earlier run. */
  readonly sharedWith: string | null;
  readonly flags: readonly Flag[];
  readonly faults: readonly Fault[];
}

export interface NotedDecline {
  readonly partner: string;
  readonly reason: DeclineReason;
  readonly detail: string;
  readonly payable: string;
}

/** Minor units as text, over all items of the run. */
export interface RunTotals {
  readonly count: number;
  readonly gross: string;
  readonly withheld: string;
  readonly net: string;
}

/** Everything that an item depends on is pinned here, so that locking gives the same items whenever it is taken up again. */
export type RunDrafted = DomainEvent<
  'RunDrafted',
  OfRun & {
    readonly entity: string;
    readonly asset: Asset;
    readonly kind: 'monthly' | 'on_demand';
    /** The closed month that a monthly run pays for. */
    readonly period: string | null;
    /** Of the entity. */
    readonly zone: string;
    readonly payOn: Day;
    /** The first instant of that day. */
    readonly payAt: Instant;
    readonly minimum: string;
    /** Days after the end of the month of a payment in which it has to be paid. */
    readonly dueDays: number;
    /** Stream id of the rail. */
    readonly payingAccount: string | null;
    readonly rules: WithholdingRules | null;
    /** Only these; null: everybody to whom something is owed. */
    readonly partners: readonly string[] | null;
    readonly by: string;
  }
>;
/** Whose accounts are asked; in the order of their names, so that nobody is listed twice. */
export type CandidatesListed = DomainEvent<
  'CandidatesListed',
  OfRun & { readonly partners: readonly string[] }
>;
export type LockingStarted = DomainEvent<'LockingStarted', OfRun & { readonly candidates: number }>;
export type AnswersNoted = DomainEvent<
  'AnswersNoted',
  OfRun & {
    readonly items: readonly NotedItem[];
    readonly declined: readonly NotedDecline[];
    /** Noted before, and found to be paid to the same place as one of these. */
    readonly alsoShared: readonly string[];
  }
>;
/** All have answered. Whatever changes an item afterwards locks the run anew, under another hash. */
export type RunLocked = DomainEvent<
  'RunLocked',
  OfRun &
    RunTotals & {
      readonly hash: string;
      readonly flags: Readonly<Partial<Record<Flag, number>>>;
      readonly faulty: number;
      readonly declined: Readonly<
        Partial<Record<DeclineReason, { readonly accounts: number; readonly payable: string }>>
      >;
    }
>;
export type FlagsAcknowledged = DomainEvent<
  'FlagsAcknowledged',
  OfRun & {
    readonly flag: Flag;
    /** Null: every item that has it. */
    readonly partners: readonly string[] | null;
    readonly note: string;
    readonly by: string;
  }
>;
/** The reservation is given back; what it held is payable again. */
export type ItemsExcluded = DomainEvent<
  'ItemsExcluded',
  OfRun & { readonly partners: readonly string[]; readonly reason: string; readonly by: string }
>;
/** Something that a reservation rests on is no longer so; null: it is again. */
export type ItemChangeNoted = DomainEvent<
  'ItemChangeNoted',
  OfRun & { readonly partner: string; readonly item: ItemId; readonly what: string | null }
>;
/** These give their reservation back and are asked once more. */
export type ItemsAskedAnew = DomainEvent<
  'ItemsAskedAnew',
  OfRun & { readonly attempt: number; readonly partners: readonly string[]; readonly by: string }
>;
export type RunApproved = DomainEvent<
  'RunApproved',
  OfRun & { readonly hash: string; readonly by: string }
>;
export type ApprovalVoided = DomainEvent<
  'ApprovalVoided',
  OfRun & { readonly hash: string; readonly why: string }
>;
export type RunReleased = DomainEvent<
  'RunReleased',
  OfRun & RunTotals & { readonly hash: string; readonly by: string }
>;
export type InstructionsNoted = DomainEvent<
  'InstructionsNoted',
  OfRun & {
    readonly instructed: readonly string[];
    /** Not any more what was approved: its reservation is given back. */
    readonly refused: readonly { readonly partner: string; readonly reason: string }[];
  }
>;
/** Every account has answered: what is to be paid stands, and files can be written of it. */
export type RunInstructed = DomainEvent<
  'RunInstructed',
  OfRun &
    RunTotals & {
      readonly entity: string;
      readonly asset: Asset;
      readonly payingAccount: string;
      readonly payOn: Day;
      readonly hash: string;
      readonly refused: number;
    }
>;
export type FileNoted = DomainEvent<
  'FileNoted',
  OfRun & {
    readonly file: Uuid;
    readonly sequence: number;
    readonly state: 'exported' | 'voided';
    readonly count: number;
    /** Voided, and its items are owed again: no other file takes its place. */
    readonly isGivenBack?: true;
  }
>;
export type RunExported = DomainEvent<'RunExported', OfRun & { readonly files: number }>;

export const ITEM_PROGRESS = [
  'accepted',
  'cancelled',
  'instructed',
  'rejected',
  'settled',
  'unknown',
  'voided',
] as const;
export type ItemProgress = (typeof ITEM_PROGRESS)[number];

/** As the accounts say; `revision` is that of the account's stream, so that nothing is taken twice or backwards. */
export interface NotedProgress {
  readonly partner: string;
  readonly item: ItemId;
  readonly progress: ItemProgress;
  readonly revision: number;
}
export type ProgressNoted = DomainEvent<
  'ProgressNoted',
  OfRun & { readonly items: readonly NotedProgress[] }
>;
/** The bank has answered for every item. */
export type RunAcknowledged = DomainEvent<'RunAcknowledged', OfRun>;
/** The first of its items stands on a bank statement. */
export type RunSettling = DomainEvent<'RunSettling', OfRun>;
/** No item is under way any longer. It stays closed, whatever comes back later. */
export type RunClosed = DomainEvent<
  'RunClosed',
  OfRun & { readonly settled: number; readonly rejected: number; readonly net: string }
>;
export type RunCancelled = DomainEvent<
  'RunCancelled',
  OfRun & { readonly reason: string; readonly by: string }
>;
export type ReservationsFreed = DomainEvent<'ReservationsFreed', OfRun>;

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type RunEvent =
  | AnswersNoted
  | ApprovalVoided
  | CandidatesListed
  | FileNoted
  | FlagsAcknowledged
  | InstructionsNoted
  | ItemChangeNoted
  | ItemsAskedAnew
  | ItemsExcluded
  | LockingStarted
  | ProgressNoted
  | ReservationsFreed
  | RunAcknowledged
  | RunApproved
  | RunCancelled
  | RunClosed
  | RunDrafted
  | RunExported
  | RunInstructed
  | RunLocked
  | RunReleased
  | RunSettling;
