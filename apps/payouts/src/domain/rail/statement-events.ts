import type { Day, DomainEvent, JsonObject } from '@tributary/kernel';
import type { BankLine, LineTotals, StatementHead, UnreadableRow } from './bank-line';

/** Our name of a statement, made of all that it says. */
export type StatementKey = string;
/** A line as it is kept: its wording lies sealed beside it. */
export type ImportedLine = Omit<BankLine, 'text'>;

interface OfStatement {
  readonly rail: string;
  readonly statement: StatementKey;
}

/** A statement was read and adds up; its lines follow, and none of them counts before all are here. */
export type StatementReceived = DomainEvent<
  'StatementReceived',
  OfStatement & {
    /** SHA-256 of the file. */
    readonly file: string;
    readonly head: StatementHead;
    readonly totals: LineTotals;
    /** Opening and closing balance, told or computed from the other and the lines. */
    readonly opening: string;
    readonly closing: string;
    readonly from: Day;
    readonly until: Day;
    readonly warnings: readonly string[];
    readonly by: string;
  }
>;

export type LinesImported = DomainEvent<
  'LinesImported',
  OfStatement & {
    /** Counts from 0. */
    readonly chunk: number;
    /** Place of its first line; those behind it stand in order, new and known ones alike. */
    readonly first: number;
    readonly lines: readonly ImportedLine[];
    /** Lines of this chunk that another statement brought before. */
    readonly known: readonly string[];
    /** Wording by place in the chunk, new and known lines alike. */
    readonly pii?: { readonly texts: JsonObject };
  }
>;

/** It continues what is known of the account: from here on its lines count. */
export type StatementImported = DomainEvent<
  'StatementImported',
  OfStatement & {
    readonly from: Day;
    readonly until: Day;
    readonly opening: string;
    readonly closing: string;
    readonly lines: number;
    /** What the balance jumps by from what was known before, where a person said that it may. */
    readonly jump: string;
    /** Who said so, and why. */
    readonly by: string | null;
    readonly reason: string | null;
  }
>;

export const QUARANTINE_REASONS = [
  'balance_missing',
  'continuity',
  'currency',
  'does_not_add_up',
  'foreign_account',
  'period_missing',
  'sequence_gap',
  'unreadable_rows',
] as const;
export type QuarantineReason = (typeof QUARANTINE_REASONS)[number];

export type StatementQuarantined = DomainEvent<
  'StatementQuarantined',
  OfStatement & {
    readonly file: string;
    readonly head: StatementHead;
    readonly totals: LineTotals;
    readonly reason: QuarantineReason;
    readonly detail: string;
    readonly unreadable: readonly UnreadableRow[];
    /** Its lines are kept, and count as soon as what is missing before it has come. */
    readonly waits: boolean;
    readonly by: string;
  }
>;

/** Somebody has looked at one that waits or was refused: none of its lines counts, unless somebody accepts what had waited after all. */
export type StatementDismissed = DomainEvent<
  'StatementDismissed',
  OfStatement & { readonly reason: string; readonly by: string }
>;

export type StatementEvent =
  LinesImported | StatementDismissed | StatementImported | StatementQuarantined | StatementReceived;
