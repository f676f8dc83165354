import {
  type Asset,
  type Instant,
  type StreamName,
  type Uuid,
  currencyOf,
  streamOf,
} from '@tributary/kernel';
import type { ItemId } from '../item';
import type { WithholdingRules } from '../withholding/rules';

/** An account is what one entity owes one partner in one currency. */
export interface OfAccount {
  readonly partner: string;
  readonly entity: string;
  readonly asset: Asset;
}

export const accountStreamOf = (
  tenant: string,
  { partner, entity, asset }: OfAccount,
): StreamName => streamOf('account', tenant, partner, entity, currencyOf(asset).toLowerCase());

/** What a payee's own stream tells the accounts of the partner; nothing in it is personal. */
export interface PayeeTerms {
  /** Where the money goes, once two persons have said so. */
  readonly method: ConfirmedMethod | null;
  /** Proposed and not confirmed yet: nothing is paid until it is. */
  readonly changePending: boolean;
  readonly tax: TaxProfile | null;
  /** What else has to be there before anything is paid, each by name. */
  readonly missing: readonly MissingDocument[];
}

export interface ConfirmedMethod {
  /** Counts the confirmed details of this payee. */
  readonly version: number;
  readonly kind: 'pix' | 'ted';
  /** Keyed hash of where the money goes: two partners with one of them share an account. */
  readonly fingerprint: string;
  /** As it is shown, with all but the last characters masked. */
  readonly display: string;
  readonly changedAt: Instant;
  /** Who proposed and who confirmed it: neither may approve a payment to it. */
  readonly editors: readonly string[];
}

export interface TaxProfile {
  readonly country: string;
  readonly kind: 'company' | 'person';
  /** As declared with evidence, such as `simples` or `mei`; null: the ordinary one. */
  readonly regime: string | null;
  /** While the declaration of the regime holds; without it no regime exempts from anything. */
  readonly regimeHolds?: Validity;
  /** By name, as rules ask for them. */
  readonly documents?: readonly HeldDocument[];
}

/** From an instant on, until just before another one; null: until it is replaced. */
export interface Validity {
  readonly from: Instant;
  readonly until: Instant | null;
}

export interface HeldDocument extends Validity {
  readonly name: string;
}

export interface MissingDocument {
  readonly hold: 'bank_details' | 'kyc' | 'tax';
  readonly what: string;
}

/** What a run asks of every account. */
export interface ReservationTerms {
  readonly run: Uuid;
  readonly item: ItemId;
  /** When the money is to arrive; decides which rules and documents hold. */
  readonly payAt: Instant;
  /** Minor units; what is below it rolls forward. */
  readonly minimum: string;
  /** Pinned by the run, so that no two items of it are computed by different rules. Null: this entity withholds nothing. */
  readonly rules: WithholdingRules | null;
}

export interface ReservedLine {
  /** Of commission; or `adjustment.<id>`, for what a person booked. */
  readonly line: string;
  readonly programme: string;
  readonly amount: string;
  /** The item that had paid it, and came back. */
  readonly replaces?: ItemId;
}

/** A line as its partner names it, whether anything of it is open or not. */
export interface DisputedLine {
  readonly line: string;
  readonly programme: string;
  readonly plan: string;
  readonly window: string;
}

export interface Withheld {
  readonly rule: string;
  readonly tax: string;
  readonly base: string;
  readonly rateBp: number;
  readonly amount: string;
}

/** What the account promised to the run: frozen, and not payable to anybody else until it is cancelled. */
export interface ReservedItem extends OfAccount {
  readonly account: StreamName;
  readonly run: Uuid;
  readonly item: ItemId;
  /** At most 250; more stand in `LinesReserved` before it. */
  readonly lines: readonly ReservedLine[];
  readonly gross: string;
  readonly withheld: readonly Withheld[];
  readonly net: string;
  readonly method: ConfirmedMethod;
  /** The first payment to these details. */
  readonly isFirst: boolean;
  /** The items that came back and are paid again with this one. */
  readonly replaces: readonly ItemId[];
}

export type DeclineReason =
  | 'bank_details'
  | 'below_minimum'
  | 'kyc'
  | 'nothing_payable'
  | 'reserved_elsewhere'
  | 'suspended'
  | 'tax';

/** Why nothing is paid to an account in this run; the amount stays payable. */
export interface Declined extends OfAccount {
  readonly account: StreamName;
  readonly run: Uuid;
  readonly reason: DeclineReason;
  /** Names what is missing, or says how much is there. */
  readonly detail: string;
  readonly payable: string;
}
