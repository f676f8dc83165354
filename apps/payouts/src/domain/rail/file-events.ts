import {
  type Asset,
  type BalancedEntry,
  type Day,
  type DomainEvent,
  type Instant,
  type StreamName,
  type Uuid,
  streamOf,
} from '@tributary/kernel';
import type { ItemId } from '../item';

/** One stream per account that we pay from: what was sent from it, what the bank said, and what its statements show. */
export const railStreamOf = (tenant: string, rail: string): StreamName =>
  streamOf('rail', tenant, rail);

/** A Brazilian account at a bank. */
export interface BankAccountDetails {
  /** COMPE code, three digits. */
  readonly bank: string;
  readonly branch: string;
  readonly branchDigit: string | null;
  readonly number: string;
  readonly digit: string;
  readonly kind: 'checking' | 'savings';
}

export interface PayingAccountSettings {
  readonly name: string;
  readonly entity: string;
  readonly asset: Asset;
  /** Of the entity: the days of files and statements are days of it. */
  readonly zone: string;
  /** How money gets to this bank, by the name of one of our rails. */
  readonly format: string;
  readonly cnpj: string;
  /** Of the contract with the bank. */
  readonly agreement: string;
  readonly account: BankAccountDetails;
}

/** From here on files can be sent from it. The balance that it starts with is booked once, against equity. */
export type PayingAccountRegistered = DomainEvent<
  'PayingAccountRegistered',
  {
    readonly rail: string;
    readonly settings: PayingAccountSettings;
    /** Signed minor units at the start of the day. */
    readonly opening: string;
    readonly on: Day;
    readonly by: string;
    readonly entry?: BalancedEntry;
  }
>;

interface OfFile {
  readonly rail: string;
  /** Whose accounts its items are of. */
  readonly entity: string;
  readonly asset: Asset;
  /** Derived from the run, the kind and the file that it takes the place of, so that asking twice makes one. */
  readonly file: Uuid;
  readonly sequence: number;
  readonly run: Uuid;
}

/** The number is taken, and never given to another file, whatever becomes of this one. */
export type FileNumbered = DomainEvent<
  'FileNumbered',
  OfFile & {
    readonly kind: string;
    /** Stands in the header, so it is a fact and never asked of a clock again. */
    readonly madeAt: Instant;
    readonly payOn: Day;
    /** As they were then: the bytes are to come out the same for ever. */
    readonly from: PayingAccountSettings;
    readonly count: number;
    /** Minor units. */
    readonly total: string;
    /** The voided file whose items these are. */
    readonly replaces: number | null;
  }
>;

/** What an instruction says of one item. Who it is stands sealed with the payee; here is where to find it. */
export interface ListedItem {
  readonly item: ItemId;
  readonly partner: string;
  readonly amount: string;
  readonly method: 'pix' | 'ted';
  /** Of the confirmed details that were reserved with. */
  readonly version: number;
  /** Keyed hash of where the money goes. */
  readonly fingerprint: string;
}

export type FileItemsListed = DomainEvent<
  'FileItemsListed',
  OfFile & {
    readonly chunk: number;
    /** With this one the file has all its items. */
    readonly last: boolean;
    readonly items: readonly ListedItem[];
    /** Not sent again, because the bank may have paid them with the voided file after all. Number and total of this file are without them. */
    readonly leftOut?: readonly ListedItem[];
  }
>;

/** Read back and found to say what was asked; only now may anybody download it. */
export type FileExported = DomainEvent<
  'FileExported',
  OfFile & {
    readonly kind: string;
    readonly sha256: string;
    readonly bytes: number;
    readonly count: number;
    readonly total: string;
  }
>;

/** `new_file`: the items are sent once more, under the next number. `back`: they are owed again, as if never instructed. */
export type AfterVoid = 'back' | 'new_file';

interface Void {
  /** What shows that the bank took none of it, such as its message. */
  readonly evidence: readonly string[];
  readonly then: AfterVoid;
  /** Of the new file. */
  readonly payOn: Day;
}

export type FileVoidProposed = DomainEvent<
  'FileVoidProposed',
  OfFile & Void & { readonly by: string }
>;

export type FileVoided = DomainEvent<
  'FileVoided',
  OfFile &
    Void & {
      readonly kind: string;
      readonly count: number;
      readonly proposedBy: string;
      readonly by: string;
    }
>;

interface Unpaid {
  readonly item: ItemId;
  readonly partner: string;
  /** What shows that the bank has not paid it and will not, such as its letter. */
  readonly evidence: readonly string[];
}

export type ItemUnpaidProposed = DomainEvent<
  'ItemUnpaidProposed',
  OfFile & Unpaid & { readonly by: string }
>;

/** Two persons have said what the bank does not say in a file: the item is as if it had rejected it. */
export type ItemDeclaredUnpaid = DomainEvent<
  'ItemDeclaredUnpaid',
  OfFile & Unpaid & { readonly proposedBy: string; readonly by: string }
>;

/** An answer of the bank was read. The same bytes are read once. */
export type ReturnFileRead = DomainEvent<
  'ReturnFileRead',
  {
    readonly rail: string;
    readonly sha256: string;
    /** The file that it answers, where it says so. */
    readonly sequence: number | null;
    /** Why the bank took nothing of that file; empty where it was taken. */
    readonly fileRefused: readonly string[];
    readonly count: number;
    readonly warnings: readonly string[];
    readonly by: string;
  }
>;

export const BANK_ANSWERS = [
  'accepted',
  'claimed_paid',
  'rejected',
  'returned',
  'unknown',
] as const;
export type BankAnswer = (typeof BANK_ANSWERS)[number];

export interface AnsweredItem {
  readonly item: ItemId;
  readonly partner: string;
  /** That is answered; the item may stand in another one since. */
  readonly file: Uuid;
  readonly answer: BankAnswer;
  /** The bank's own words for it. */
  readonly codes: readonly string[];
  readonly bankReference: string | null;
  readonly on: Day | null;
  /** A line of the bank stood for it when this was said, so that it moves no money; left out where none did. */
  readonly isSettled?: true;
}

/** What the bank says of instructions. None of it is proof of payment: that is a line of a statement. */
export type ItemsAnswered = DomainEvent<
  'ItemsAnswered',
  {
    readonly rail: string;
    readonly entity: string;
    readonly asset: Asset;
    /** Hash of the file that said so. */
    readonly return: string;
    readonly chunk: number;
    readonly answers: readonly AnsweredItem[];
    /** References in it that no file of ours carried. */
    readonly foreign: readonly string[];
  }
>;

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type FileEvent =
  | FileExported
  | FileItemsListed
  | FileNumbered
  | FileVoidProposed
  | FileVoided
  | ItemDeclaredUnpaid
  | ItemUnpaidProposed
  | ItemsAnswered
  | PayingAccountRegistered
  | ReturnFileRead;
