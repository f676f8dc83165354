import type { Day, Instant, Uuid } from '@tributary/kernel';
import type { ItemId } from '../item';
import type { AfterVoid, BankAnswer, ListedItem, PayingAccountSettings } from './file-events';

export interface RegisterPayingAccount {
  readonly type: 'RegisterPayingAccount';
  readonly rail: string;
  readonly settings: PayingAccountSettings;
  readonly opening: string;
  readonly on: Day;
  /** The first instant of that day. */
  readonly openedAt: Instant;
  readonly by: string;
}

export interface NumberFile {
  readonly type: 'NumberFile';
  readonly rail: string;
  readonly file: Uuid;
  readonly run: Uuid;
  readonly kind: string;
  readonly payOn: Day;
  readonly count: number;
  readonly total: string;
  readonly replaces: number | null;
  readonly at: Instant;
}

export interface ListFileItems {
  readonly type: 'ListFileItems';
  readonly rail: string;
  readonly file: Uuid;
  /** Counts from 0, without a gap. */
  readonly chunk: number;
  readonly items: readonly ListedItem[];
  readonly at: Instant;
}

export interface ExportFile {
  readonly type: 'ExportFile';
  readonly rail: string;
  readonly file: Uuid;
  readonly sha256: string;
  readonly bytes: number;
  /** As the gate counted them in the bytes. */
  readonly count: number;
  readonly total: string;
  readonly at: Instant;
}

export interface ProposeFileVoid {
  readonly type: 'ProposeFileVoid';
  readonly rail: string;
  readonly sequence: number;
  readonly evidence: readonly string[];
  readonly then: AfterVoid;
  readonly payOn: Day;
  readonly by: string;
  readonly at: Instant;
}

export interface ApproveFileVoid {
  readonly type: 'ApproveFileVoid';
  readonly rail: string;
  readonly sequence: number;
  readonly by: string;
  readonly at: Instant;
}

/** The bank has not paid it and will not, as somebody has found out otherwise than by a file of it. */
export interface ProposeItemUnpaid {
  readonly type: 'ProposeItemUnpaid';
  readonly rail: string;
  readonly item: ItemId;
  readonly evidence: readonly string[];
  readonly by: string;
  readonly at: Instant;
}

export interface ApproveItemUnpaid {
  readonly type: 'ApproveItemUnpaid';
  readonly rail: string;
  readonly item: ItemId;
  readonly by: string;
  readonly at: Instant;
}

export interface NoteReturnFile {
  readonly type: 'NoteReturnFile';
  readonly rail: string;
  readonly sha256: string;
  readonly sequence: number | null;
  readonly fileRefused: readonly string[];
  readonly count: number;
  readonly warnings: readonly string[];
  readonly by: string;
  readonly at: Instant;
}

export interface AnswerToItem {
  readonly item: ItemId;
  readonly answer: BankAnswer;
  readonly codes: readonly string[];
  /** Minor units that the bank names; null where it names none. */
  readonly amount: string | null;
  readonly bankReference: string | null;
  readonly on: Day | null;
}

export interface AnswerItems {
  readonly type: 'AnswerItems';
  readonly rail: string;
  readonly return: string;
  readonly chunk: number;
  readonly answers: readonly AnswerToItem[];
  readonly at: Instant;
}

export type FileCommand =
  | AnswerItems
  | ApproveFileVoid
  | ApproveItemUnpaid
  | ExportFile
  | ListFileItems
  | NoteReturnFile
  | NumberFile
  | ProposeFileVoid
  | ProposeItemUnpaid
  | RegisterPayingAccount;

export type FileRejected =
  | { readonly code: 'account_registered'; readonly rail: string }
  | { readonly code: 'account_unknown'; readonly rail: string }
  | { readonly code: 'chunk_out_of_order'; readonly expected: number }
  | { readonly code: 'file_differs'; readonly field: string }
  | { readonly code: 'file_incomplete'; readonly listed: number; readonly count: number }
  | { readonly code: 'file_unknown' }
  | { readonly code: 'file_voided'; readonly sequence: number }
  | {
      readonly code: 'item_in_another_file';
      readonly item: ItemId;
      readonly sequence: number;
    }
  | { readonly code: 'item_rejected'; readonly item: ItemId }
  | { readonly code: 'item_settled'; readonly item: ItemId }
  | { readonly code: 'item_unanswered'; readonly item: ItemId }
  | { readonly code: 'item_unknown'; readonly item: ItemId }
  | { readonly code: 'no_unpaid_proposed'; readonly item: ItemId }
  | { readonly code: 'no_void_proposed'; readonly sequence: number }
  | { readonly code: 'number_exhausted'; readonly last: number }
  | { readonly code: 'return_unknown' }
  | { readonly code: 'same_person' }
  | { readonly code: 'totals_differ'; readonly asked: string; readonly found: string }
  | {
      readonly code: 'void_blocked';
      readonly sequence: number;
      /** How many of its items the bank has taken, or may have, and some of them. */
      readonly blocking: number;
      readonly items: readonly ItemId[];
    };
