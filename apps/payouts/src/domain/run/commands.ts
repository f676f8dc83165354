import type { Decision, Instant, Uuid } from '@tributary/kernel';
import type { Declined, ReservedItem } from '../account/terms';
import type { ItemId } from '../item';
import type { Fault, Flag, NotedProgress, RunDrafted, RunEvent } from './events';

interface OnRun {
  readonly run: Uuid;
  readonly at: Instant;
}
interface ByPerson extends OnRun {
  readonly by: string;
}

export interface DraftRun extends OnRun {
  readonly type: 'DraftRun';
  readonly draft: RunDrafted['data'];
}
export interface ListCandidates extends OnRun {
  readonly type: 'ListCandidates';
  /** In the order of their names. */
  readonly partners: readonly string[];
}
export interface StartLocking extends OnRun {
  readonly type: 'StartLocking';
}

/** What the account said, with what is known of it besides. */
export interface ReservedAnswer {
  readonly reserved: Omit<ReservedItem, 'lines'>;
  /** How many, and the hash of the whole reservation with all of them. */
  readonly lines: number;
  readonly hash: string;
  readonly recent: readonly string[];
  readonly sharedWith: string | null;
  readonly faults: readonly Fault[];
}
export interface NoteAnswers extends OnRun {
  readonly type: 'NoteAnswers';
  /** 1 for the first asking. */
  readonly attempt: number;
  readonly reserved: readonly ReservedAnswer[];
  readonly declined: readonly Declined[];
}

export interface AcknowledgeFlags extends ByPerson {
  readonly type: 'AcknowledgeFlags';
  readonly flag: Flag;
  readonly items: readonly ItemId[] | null;
  readonly note: string;
}
export interface ExcludeItems extends ByPerson {
  readonly type: 'ExcludeItems';
  readonly items: readonly ItemId[];
  readonly reason: string;
}
export interface NoteItemChange extends OnRun {
  readonly type: 'NoteItemChange';
  readonly partner: string;
  readonly item: ItemId;
  /** Null: as it was reserved, again. */
  readonly what: string | null;
}
/** Those whose details have changed since, or which the rail cannot write. */
export interface LockAnew extends ByPerson {
  readonly type: 'LockAnew';
}
export interface ApproveRun extends ByPerson {
  readonly type: 'ApproveRun';
  /** What was read. */
  readonly hash: string;
}
export interface ReleaseRun extends ByPerson {
  readonly type: 'ReleaseRun';
}
export interface NoteInstructions extends OnRun {
  readonly type: 'NoteInstructions';
  readonly instructed: readonly string[];
  readonly refused: readonly { readonly partner: string; readonly reason: string }[];
}
export interface NoteFile extends OnRun {
  readonly type: 'NoteFile';
  readonly file: Uuid;
  readonly sequence: number;
  readonly state: 'exported' | 'voided';
  readonly count: number;
  /** Of a voided one: whether its items are owed again, and stand in no other file. */
  readonly isGivenBack?: boolean;
}
export interface NoteProgress extends OnRun {
  readonly type: 'NoteProgress';
  readonly items: readonly NotedProgress[];
}
export interface CancelRun extends ByPerson {
  readonly type: 'CancelRun';
  readonly reason: string;
}
export interface NoteFreed extends OnRun {
  readonly type: 'NoteFreed';
}

export type RunCommand =
  | AcknowledgeFlags
  | ApproveRun
  | CancelRun
  | DraftRun
  | ExcludeItems
  | ListCandidates
  | LockAnew
  | NoteAnswers
  | NoteFile
  | NoteFreed
  | NoteInstructions
  | NoteItemChange
  | NoteProgress
  | ReleaseRun
  | StartLocking;

export type RunRejected =
  | { readonly code: 'editor_of_bank_details'; readonly items: number }
  | {
      readonly code: 'flags_unacknowledged';
      readonly flags: Readonly<Partial<Record<Flag, number>>>;
    }
  | { readonly code: 'hash_changed'; readonly hash: string }
  | { readonly code: 'item_unknown'; readonly item: ItemId }
  | { readonly code: 'items_changed'; readonly items: number; readonly some: readonly ItemId[] }
  | { readonly code: 'items_faulty'; readonly items: number; readonly some: readonly ItemId[] }
  | { readonly code: 'no_paying_account' }
  | { readonly code: 'nothing_to_ask' }
  | { readonly code: 'nothing_to_pay' }
  | { readonly code: 'run_not_approved'; readonly status: string }
  | { readonly code: 'run_not_locked'; readonly status: string }
  | { readonly code: 'run_released'; readonly status: string }
  | { readonly code: 'run_unknown' }
  | { readonly code: 'same_person' };

export type Decided = Decision<RunEvent, RunRejected>;
