import type { Day, DomainEvent, PeriodKey, Uuid } from '@tributary/kernel';
import type { ItemId } from '../item';
import type { Moved, WithAnyEntry, WithEntry } from './moved';
import type { Declined, OfAccount, ReservedItem, ReservedLine, Withheld } from './terms';

/** What every event of an item repeats, so that no reader has to look for the one that reserved it. */
export interface OfItem {
  readonly run: Uuid;
  readonly item: ItemId;
  readonly gross: string;
  /** The sum of `taxes`. */
  readonly withheld: string;
  readonly taxes: readonly Withheld[];
  readonly net: string;
  /** What the authority has of `taxes`, by the remittances that the account has heard of; left out where that is nothing. */
  readonly taxRemitted?: readonly TaxPart[];
}

export interface TaxPart {
  readonly rule: string;
  readonly amount: string;
}

/** Lines of an item that do not fit into the `PayoutReserved` that follows in the same append. */
export type LinesReserved = DomainEvent<
  'LinesReserved',
  OfAccount & {
    readonly run: Uuid;
    readonly item: ItemId;
    readonly lines: readonly ReservedLine[];
  }
>;

export type PayoutReserved = DomainEvent<
  'PayoutReserved',
  ReservedItem & {
    /** Of the item, with those of `LinesReserved` before. */
    readonly lineCount: number;
  }
>;
export type ReservationDeclined = DomainEvent<'ReservationDeclined', Declined>;
/** What it held is payable again, less what the partner owes by now. */
export type ReservationCancelled = DomainEvent<
  'ReservationCancelled',
  OfAccount & OfItem & Moved & WithAnyEntry & { readonly reason: string }
>;
export type PayoutInstructed = DomainEvent<
  'PayoutInstructed',
  OfAccount &
    OfItem &
    WithEntry & {
      /** The file that carries it, where the caller knows it. */
      readonly file: string | null;
      readonly fingerprint: string;
    }
>;
export interface BankSaid {
  /** The bank's own words. */
  readonly codes: readonly string[];
  readonly bankReference: string | null;
}
export type PayoutAccepted = DomainEvent<'PayoutAccepted', OfAccount & OfItem & BankSaid>;
/** Nobody may pay it again before somebody has found out. */
export type PayoutUnknown = DomainEvent<'PayoutUnknown', OfAccount & OfItem & BankSaid>;
export type PayoutRejected = DomainEvent<
  'PayoutRejected',
  OfAccount & OfItem & Moved & WithEntry & BankSaid
>;
/** The bank rejects what its own statement has shown as paid: the statement stands, and this counts once that line turns out to be another one. */
export type RejectionNoted = DomainEvent<
  'RejectionNoted',
  OfAccount &
    OfItem &
    BankSaid & {
      /** The rail had a line for it, so that it is for the rail to say whether this counts once that is taken back. */
      readonly isSettled?: true;
    }
>;
/** The bank has said the opposite since, so nothing follows from it any more. */
export type RejectionDoubted = DomainEvent<'RejectionDoubted', OfAccount & OfItem & BankSaid>;
/** A bank statement says so. */
export type PayoutSettled = DomainEvent<
  'PayoutSettled',
  OfAccount &
    OfItem &
    WithEntry & {
      readonly rail: string;
      readonly bankLine: string;
      readonly bookedOn: Day;
      readonly bankReference: string | null;
      /** What names a PIX in the whole country; left out where it was none, or the bank did not say. */
      readonly endToEndId?: string;
      readonly fingerprint: string;
    }
>;
interface Undone {
  readonly rail: string;
  readonly bankLine: string;
  readonly by: string;
  readonly reason: string;
}
/** The line of the bank was somebody else's: the item is in transit again. */
export type SettlementUndone = DomainEvent<
  'SettlementUndone',
  OfAccount & OfItem & WithEntry & Undone
>;
export type PayoutReturned = DomainEvent<
  'PayoutReturned',
  OfAccount &
    OfItem &
    Moved &
    WithEntry & {
      readonly rail: string;
      readonly bankLine: string;
      readonly bookedOn: Day;
      /** What came back; the rest of `net` is `fee`, which the bank kept. */
      readonly amount: string;
      readonly fee: string;
      /** All of it. */
      readonly isTaxRemitted: boolean;
      readonly reason: string | null;
      readonly bankReference: string | null;
      /** Of the return, which has one of its own. */
      readonly endToEndId?: string;
    }
>;
export type ReturnUndone = DomainEvent<
  'ReturnUndone',
  OfAccount &
    OfItem &
    Moved &
    WithEntry &
    Undone & {
      readonly amount: string;
      readonly fee: string;
      readonly isTaxRemitted: boolean;
    }
>;
interface OfBankLine {
  readonly item: ItemId;
  readonly rail: string;
  readonly bankLine: string;
}
/** The answer to a line of the bank that is not booked, kept so that it is the same however late it is asked again. */
export type MatchDeclined = DomainEvent<
  'MatchDeclined',
  OfAccount &
    OfBankLine & {
      readonly as: 'returned' | 'settled';
      /** The code of the refusal, as it was called then. */
      readonly reason: string;
    }
>;
/** What was taken back had never been booked. Kept as well: told again, it must not take back what was booked by the same line later. */
export type MatchNeverBooked = DomainEvent<
  'MatchNeverBooked',
  OfAccount & OfBankLine & { readonly as: 'returned' | 'settled' }
>;
type OfTax = OfAccount &
  WithAnyEntry & {
    readonly run: Uuid;
    readonly item: ItemId;
    readonly rule: string;
    readonly tax: string;
    readonly rateBp: number;
    readonly amount: string;
    readonly remittance: Uuid;
    readonly month: PeriodKey;
  };
/** A part of what was withheld was paid to the authority. It has an entry where the payment had come back before that was heard of. */
export type ItemTaxRemitted = DomainEvent<'ItemTaxRemitted', OfTax>;
/** What was paid to the authority was kept back of another payment to it. It has an entry where the item counts as paid again. */
export type ItemTaxRecovered = DomainEvent<'ItemTaxRecovered', OfTax>;
/** The bank refused the file whole: the item is reserved as before, for a new file, until somebody cancels it. */
export type PayoutVoided = DomainEvent<
  'PayoutVoided',
  OfAccount & OfItem & WithEntry & { readonly file: string }
>;

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type ItemEvent =
  | ItemTaxRecovered
  | ItemTaxRemitted
  | LinesReserved
  | MatchDeclined
  | MatchNeverBooked
  | PayoutAccepted
  | PayoutInstructed
  | PayoutRejected
  | PayoutReserved
  | PayoutReturned
  | PayoutSettled
  | PayoutUnknown
  | PayoutVoided
  | RejectionDoubted
  | RejectionNoted
  | ReservationCancelled
  | ReservationDeclined
  | ReturnUndone
  | SettlementUndone;
