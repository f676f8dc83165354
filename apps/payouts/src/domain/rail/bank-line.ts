import { type Asset, type Day, canonicalJson, sha256Hex } from '@tributary/kernel';

/** One movement on a bank account, whatever format told it. */
export interface BankLine {
  /** The same line has the same key in every import: the bank's reference where it is one, else its content and ordinal. */
  readonly key: string;
  /** Place among the lines of its statement, from 0, without a gap. */
  readonly place: number;
  readonly bookedOn: Day;
  readonly valueOn: Day | null;
  /** Minor units, positive; `side` says which way. */
  readonly amount: string;
  readonly side: 'debit' | 'credit';
  readonly references: {
    /** What we gave as the name of the payment, where the bank carried it: the item, unless somebody else made it. */
    readonly item: string | null;
    readonly endToEnd: string | null;
    readonly bank: string | null;
    readonly fitid: string | null;
    readonly batch: string | null;
  };
  /** The bank's code of the kind of movement. */
  readonly code: string | null;
  /** Code or wording is that of a charge of the bank itself. */
  readonly isCharge: boolean;
  /** The bank took something back that it had booked before. */
  readonly isReversal: boolean;
  readonly returnReason: string | null;
  /** Keyed hash of the counterparty's account, where it is told. */
  readonly counterparty: string | null;
  /** May name persons, so it is sealed before it is stored. */
  readonly text: string;
  /** Key of the entry whose part this is, where a batch was booked as one. */
  readonly parent: string | null;
  /** The entry names several payments, and their amounts are not its amount. */
  readonly partsDiffer: boolean;
}

export interface UnreadableRow {
  /** Of the entry or balance in its statement; null where it concerns the whole of it. */
  readonly place: number | null;
  readonly code: 'amount' | 'currency' | 'date' | 'mark' | 'status' | 'structure';
  readonly why: string;
}

/** What is said of a statement as a whole. */
export interface StatementHead {
  readonly account: string;
  /** Where the format names it beside the account. */
  readonly bank: string | null;
  readonly id: string;
  readonly sequence: number | null;
  readonly asset: Asset;
  readonly from: Day | null;
  readonly until: Day | null;
  /** Signed minor units; null where the format carries none. */
  readonly opening: string | null;
  readonly closing: string | null;
}

/** One statement of one account, read and not yet believed. */
export interface BankStatement extends StatementHead {
  readonly lines: readonly BankLine[];
  /** What was read leniently. */
  readonly warnings: readonly string[];
  /** Rows that could not be read: a statement with one is quarantined, never imported in part. */
  readonly unreadable: readonly UnreadableRow[];
}

export interface LineTotals {
  readonly count: number;
  readonly debits: string;
  readonly credits: string;
  /** Hash of the keys of all lines, in order. */
  readonly digest: string;
}

export function totalsOf(lines: readonly BankLine[]): LineTotals {
  let [debits, credits] = [0n, 0n];
  for (const { side, amount } of lines) {
    if (side === 'debit') debits += BigInt(amount);
    else credits += BigInt(amount);
  }
  const digest = sha256Hex(lines.map(({ key }) => key).join('\n'));
  return { count: lines.length, debits: String(debits), credits: String(credits), digest };
}

/** What the same statement is known by, in whichever file it comes. */
export function statementKeyOf(head: StatementHead, totals: LineTotals): string {
  const { account, id, sequence, asset, from, until, opening, closing } = head;
  const { digest } = totals;
  const named = { account, id, sequence, asset, from, until, opening, closing, digest };
  return sha256Hex(canonicalJson({ ...named })).slice(0, KEY_LENGTH);
}

export const KEY_LENGTH = 32;

/** What names a PIX in the whole country: a letter, the bank, the minute, and what the bank counts. A return has a D in front. */
export const END_TO_END_ID = /\b[DE][0-9A-Z]{8}[0-9]{12}[0-9A-Za-z]{11}\b/;

/** That of the line, where it is one: of other payments banks put into the same place what they like. */
export function endToEndIdOf({ endToEnd }: BankLine['references']): string | undefined {
  if (endToEnd === null) return undefined;
  return END_TO_END_ID.exec(endToEnd)?.[0] === endToEnd ? endToEnd : undefined;
}

export const signedOf = ({ side, amount }: Pick<BankLine, 'amount' | 'side'>): bigint =>
  side === 'debit' ? -BigInt(amount) : BigInt(amount);
