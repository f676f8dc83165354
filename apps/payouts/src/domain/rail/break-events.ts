import type { Day, DomainEvent, Uuid } from '@tributary/kernel';
import type { ItemId } from '../item';

/** The kinds of the research that can happen on a rail of files; the others belong to providers, foreign currency and tax. */
export const BREAK_TYPES = {
  B01: 'instructed, and no line of the bank',
  B02: 'a movement without an instruction',
  B03: 'the amount differs',
  B04: 'the line was told twice',
  B05: 'paid twice',
  B06: 'paid, and returned',
  B07: 'rejected, and debited all the same',
  B08: 'paid to another account than instructed',
  B09: 'outside of the days in which it was expected',
  B10: 'a batch is not the sum of its items',
  B11: 'the statement does not continue what is known',
  B12: 'a charge of an unknown kind',
  B13: 'another currency',
  B14: 'one line names several items',
  B15: 'an answer of the bank that nobody knows',
  B16: 'the bank says paid, and its statement does not',
  B17: 'the bank has not answered a file',
} as const;
export type BreakType = keyof typeof BREAK_TYPES;

/** What a person may choose from. */
export interface Candidate {
  readonly items: readonly ItemId[];
  /** Where it may be a payment to a tax authority. */
  readonly remittance?: Uuid;
  /** How it would have been recognised, had it been the only one. */
  readonly tier: 'T1' | 'T2' | 'T3' | 'T4' | 'T5' | 'T6';
}

export interface Break {
  /** Type and subject: the same break is opened once. */
  readonly id: string;
  readonly type: BreakType;
  readonly about:
    | { readonly line: string }
    | { readonly item: ItemId }
    | { readonly file: string }
    | { readonly remittance: Uuid }
    | { readonly statement: string };
  /** Finer than the type. */
  readonly cause: string;
  /** Since when there is something to explain: ages count from here. */
  readonly on: Day;
  /** What it is about in money, minor units; of a line, what the bank's balance has and ours has not. */
  readonly amount: string;
  readonly side: 'credit' | 'debit' | null;
  readonly candidates: readonly Candidate[];
  readonly owner: string;
}

export type BreaksOpened = DomainEvent<
  'BreaksOpened',
  { readonly rail: string; readonly entity: string; readonly breaks: readonly Break[] }
>;
export type BreaksClosed = DomainEvent<
  'BreaksClosed',
  {
    readonly rail: string;
    readonly entity: string;
    readonly breaks: readonly { readonly id: string; readonly type: BreakType }[];
    readonly because: string;
    readonly by: string | null;
  }
>;
export type BreakAssigned = DomainEvent<
  'BreakAssigned',
  {
    readonly rail: string;
    readonly id: string;
    readonly owner: string;
    readonly note: string;
    readonly by: string;
  }
>;

export type BreakEvent = BreakAssigned | BreaksClosed | BreaksOpened;
