import type { Day, Instant, JsonObject, Uuid } from '@tributary/kernel';
import type { BankLine, LineTotals, StatementHead, UnreadableRow } from './bank-line';
import type { BreakType } from './break-events';
import type { FileCommand, FileRejected } from './files';
import type { OfAccount } from '../account/terms';
import type { HandMatch, MatchingRules } from './match-events';
import type { ImportedLine } from './statement-events';

interface OnRail {
  readonly rail: string;
  /** When it was asked. */
  readonly at: Instant;
}
interface ByPerson extends OnRail {
  readonly by: string;
}

/** The head of a statement, with what all of its lines sum to. */
export interface ReceiveStatement extends ByPerson {
  readonly type: 'ReceiveStatement';
  readonly statement: string;
  readonly file: string;
  readonly head: StatementHead;
  readonly totals: LineTotals;
  /** First and last day on which a line was booked. */
  readonly booked: {
    readonly first: BankLine['bookedOn'];
    readonly last: BankLine['bookedOn'];
  } | null;
  readonly unreadable: readonly UnreadableRow[];
  readonly warnings: readonly string[];
}

export interface LinesChunk {
  readonly chunk: number;
  readonly lines: readonly ImportedLine[];
  /** Sealed. */
  readonly texts?: JsonObject;
}

export interface ImportLines extends OnRail {
  readonly type: 'ImportLines';
  readonly statement: string;
  readonly chunks: readonly LinesChunk[];
}

/** All lines are here. */
export interface FinishStatement extends OnRail {
  readonly type: 'FinishStatement';
  readonly statement: string;
}

/** Somebody knows why it does not continue what is known. */
export interface AcceptStatement extends ByPerson {
  readonly type: 'AcceptStatement';
  readonly statement: string;
  readonly reason: string;
}

/** Somebody knows that it says only what is known in other words, or is not of this account at all. */
export interface DismissStatement extends ByPerson {
  readonly type: 'DismissStatement';
  readonly statement: string;
  readonly reason: string;
}

export interface MatchByHand extends ByPerson, HandMatch {
  readonly type: 'MatchByHand';
}
export interface ApproveMatch extends ByPerson {
  readonly type: 'ApproveMatch';
  readonly line: string;
}
export interface UnmatchLine extends ByPerson {
  readonly type: 'UnmatchLine';
  readonly line: string;
  readonly reason: string;
}
/** This line is what a partner paid back. */
export interface MatchRepayment extends ByPerson {
  readonly type: 'MatchRepayment';
  readonly line: string;
  readonly repayment: Uuid;
  readonly account: OfAccount;
  /** As the person says it. */
  readonly amount: string;
  /** As the account stands. It has the last word, because what is owed may have been paid meanwhile. */
  readonly owed: string;
}
/** The account of the partner will not book what was matched. */
export interface RefuseRepayment extends OnRail {
  readonly type: 'RefuseRepayment';
  readonly line: string;
  readonly repayment: Uuid;
  /** Of the account's refusal. */
  readonly because: string;
}
/** The account of the item will not book what was matched, because it knows of something that speaks against it. */
export interface RefuseMatch extends OnRail {
  readonly type: 'RefuseMatch';
  readonly line: string;
  readonly item: string;
  /** Of the account's refusal. */
  readonly because: string;
}
/** Paid past our files, so no item stands for it. */
export interface ExpectRemittance extends ByPerson {
  readonly type: 'ExpectRemittance';
  readonly remittance: Uuid;
  readonly amount: string;
  readonly reference: string;
  readonly paidOn: Day;
}
/** A proposal, and approved by the second person who says exactly the same. */
export interface SetMatchingRules extends ByPerson {
  readonly type: 'SetMatchingRules';
  readonly rules: MatchingRules;
}

/** Time is a command: what should have happened by then, and has not, becomes a break. */
export interface AgeBreaks extends OnRail {
  readonly type: 'AgeBreaks';
  readonly asOf: Day;
}
export interface AssignBreak extends ByPerson {
  readonly type: 'AssignBreak';
  readonly break: string;
  readonly owner: string;
  readonly note: string;
}
/** For breaks about items and files. A line is explained by matching it. */
export interface CloseBreak extends ByPerson {
  readonly type: 'CloseBreak';
  readonly break: string;
  readonly reason: string;
}

export type StatementCommand =
  AcceptStatement | DismissStatement | FinishStatement | ImportLines | ReceiveStatement;
export type MatchCommand =
  | ApproveMatch
  | ExpectRemittance
  | MatchByHand
  | MatchRepayment
  | RefuseMatch
  | RefuseRepayment
  | SetMatchingRules
  | UnmatchLine;
export type BreakCommand = AgeBreaks | AssignBreak | CloseBreak;

export type RailCommand = BreakCommand | FileCommand | MatchCommand | StatementCommand;

export type RailRejected =
  | FileRejected
  | { readonly code: 'account_differs'; readonly rail: string }
  | { readonly code: 'amount_mismatch'; readonly line: string; readonly items: string }
  | { readonly code: 'break_explained_by_matching'; readonly type: BreakType }
  | { readonly code: 'break_unknown' }
  | { readonly code: 'invalid_kind'; readonly kind: string; readonly side: string }
  | { readonly code: 'item_not_settled'; readonly item: string }
  | { readonly code: 'item_returned'; readonly item: string }
  | { readonly code: 'line_matched'; readonly kind: string }
  | { readonly code: 'line_not_matched' }
  | { readonly code: 'line_unknown' }
  | { readonly code: 'matching_behind' }
  | { readonly code: 'more_than_owed'; readonly owed: string }
  | { readonly code: 'no_match_proposed' }
  | { readonly code: 'nothing_owed' }
  | { readonly code: 'remittance_matched'; readonly line: string }
  | { readonly code: 'remittance_unknown' }
  | { readonly code: 'repayment_final' }
  | {
      readonly code: 'statement_incomplete';
      readonly lines: number;
      readonly received: number;
    }
  | { readonly code: 'statement_not_waiting' }
  | { readonly code: 'statement_unknown' };
