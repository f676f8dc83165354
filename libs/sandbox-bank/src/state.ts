import { CodedError, type Day } from '@tributary/kernel';

import { asDay } from './days';
import type { Fault } from './cnab240/lines';
import { EVERYTHING_IS_PAID, type Method, type Outcome, type Scenario } from './scenario';

export const CURRENCY = 'BRL';

/** The customer's account, as the bank knows it. */
export interface BankAccount {
  /** Three digits. */
  readonly bank: string;
  readonly branch: string;
  readonly number: string;
  readonly digit: string;
  readonly holder: string;
  /** Fourteen characters: a CNPJ may carry letters. */
  readonly document: string;
}

export interface Payee {
  readonly name: string;
  readonly document: string;
  readonly destination:
    | { readonly kind: 'key'; readonly keyKind: string; readonly key: string }
    | {
        readonly kind: 'account';
        readonly bank: string;
        readonly branch: string;
        readonly number: string;
        readonly digit: string;
      };
}

/** One payment of a file that was taken. */
export interface Payment {
  /** The bank's own number of it, twelve digits. */
  readonly number: string;
  readonly sequence: number;
  readonly lot: number;
  readonly method: Method;
  readonly item: string;
  readonly amountMinor: string;
  readonly payOn: Day;
  readonly payee: Payee;
  readonly outcome: Outcome;
  /** As they came, because an answer repeats them. */
  readonly segmentA: string;
  readonly segmentB: string | null;
}

/** One payment inside a debit that was booked for many. */
export interface LinePart {
  readonly item: string;
  readonly number: string;
  readonly endToEnd: string | null;
  readonly amountMinor: string;
  readonly payee: Payee;
}

export const LINE_KINDS = ['payment', 'batch', 'return', 'correction', 'fee', 'other'] as const;

/** One movement on the account. Never changed once it is booked. */
export interface LedgerLine {
  readonly number: string;
  readonly bookedOn: Day;
  readonly side: 'debit' | 'credit';
  readonly amountMinor: string;
  readonly kind: (typeof LINE_KINDS)[number];
  readonly method: Method | null;
  readonly text: string;
  readonly item: string | null;
  readonly endToEnd: string | null;
  readonly payee: Payee | null;
  readonly returnReason: string | null;
  /** The file whose payments were booked as one, and those payments. */
  readonly batch: { readonly sequence: number; readonly parts: readonly LinePart[] } | null;
}

/** What the bank will do, unless it is out of money by then. */
export interface Step {
  readonly on: Day;
  /** Index into `payments`. */
  readonly payment: number;
  readonly kind: 'pay' | 'pay_again' | 'give_back' | 'correct';
}

/** What is said of a payment in a return file. */
export interface Answer {
  readonly payment: number;
  readonly on: Day;
  readonly codes: readonly string[];
  readonly effective: { readonly on: Day; readonly amountMinor: string } | null;
  /** Number of the return file that said it. */
  readonly toldIn: number | null;
}

export interface TakenFile {
  readonly sequence: number;
  readonly sha256: string;
  readonly on: Day;
  readonly header: string;
  readonly lots: readonly { readonly number: number; readonly header: string }[];
}

export interface RefusedFile {
  readonly sequence: number;
  readonly sha256: string;
  readonly on: Day;
  readonly faults: readonly Fault[];
  /** Number of the return file that said it; null while it is still to be said. */
  readonly toldIn: number | null;
}

/** A whole bank with one customer, as JSON. */
export interface BankState {
  readonly version: 1;
  readonly account: BankAccount;
  readonly scenario: Scenario;
  readonly openedOn: Day;
  readonly openingMinor: string;
  /** Today, by the bank's own calendar: it moves when it is told to. */
  readonly day: Day;
  readonly lines: readonly LedgerLine[];
  readonly payments: readonly Payment[];
  readonly steps: readonly Step[];
  readonly answers: readonly Answer[];
  readonly taken: readonly TakenFile[];
  /** Files whose fee was taken, by sequence. */
  readonly charged: readonly number[];
  readonly refused: readonly RefusedFile[];
  readonly returnFiles: number;
  readonly nextNumber: number;
}

export interface Opening {
  readonly account: BankAccount;
  readonly openingMinor: string;
  readonly on: Day;
  readonly scenario?: Scenario;
}

export function openBank({ account, openingMinor, on, scenario }: Opening): BankState {
  const digits = [account.branch, account.number].every((part) => /^\d{1,12}$/.test(part));
  if (!/^\d{3}$/.test(account.bank) || !digits || !/^[0-9A-Z]$/.test(account.digit))
    throw new CodedError(
      'invalid_account',
      'An account is bank (3 digits), branch, number and digit.',
    );
  if (!/^(?:[0-9A-Z]{12}\d{2}|\d{11})$/.test(account.document))
    throw new CodedError('invalid_account', 'The holder needs a CNPJ or CPF, without dots.');
  if (!/^\d{1,15}$/.test(openingMinor))
    throw new CodedError('invalid_amount', 'An opening balance is minor units from 0.');
  return {
    version: 1,
    account,
    scenario: scenario ?? EVERYTHING_IS_PAID,
    openedOn: asDay(on),
    openingMinor,
    day: asDay(on),
    lines: [],
    payments: [],
    steps: [],
    answers: [],
    taken: [],
    charged: [],
    refused: [],
    returnFiles: 0,
    nextNumber: 1,
  };
}

/** A state that was written down; anything else is refused before it is believed. */
export function bankStateOf(written: unknown): BankState {
  const state = written as Partial<BankState> | null;
  if (typeof state !== 'object' || state === null || state.version !== 1 || !state.lines)
    throw new CodedError('invalid_bank_state', 'Not the state of a sandbox bank of this version.');
  return state as BankState;
}

export const signed = ({ side, amountMinor }: Pick<LedgerLine, 'side' | 'amountMinor'>): bigint =>
  side === 'credit' ? BigInt(amountMinor) : -BigInt(amountMinor);

/** At the end of a day; now, without one. */
export function balanceOf({ openingMinor, lines }: BankState, until?: Day): bigint {
  let balance = BigInt(openingMinor);
  for (const line of lines)
    if (until === undefined || line.bookedOn <= until) balance += signed(line);
  return balance;
}
