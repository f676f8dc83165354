import type { BalancedEntry, Instant, Uuid } from '@tributary/kernel';
import type { Published } from '../published';
import type { OfCommissionLine } from './line';

export const COMMISSION_POSTED = 'commission.posted.v1';

/** What a line is worth more, or less, than was posted for it in a month. All amounts are minor units of `asset`, as text. */
export interface CommissionPostedData extends OfCommissionLine {
  /** Of the entity; the entry is dated inside it. */
  readonly month: string;
  /** Of the payment; of a bonus, when its threshold was reached. */
  readonly paidAt: Instant;
  /** Never zero; negative where too much had been posted. */
  readonly amount: string;
  /** What the line is worth at the end of the month, under everything known now. */
  readonly due: string;
  /** The same before it was rounded: `numerator/denominator`. */
  readonly exact: string;
  /** Why it is worth nothing; null where it is worth something. */
  readonly reason: string | null;
  /** A positive amount is held until then, and as long as a hold is in force; null for a negative one. */
  readonly heldUntil: Instant | null;
  /** Of a negative amount: what it takes from the held part, by the date until which that was held. */
  readonly takes: readonly { readonly until: Instant; readonly amount: string }[];
  /** Of a negative amount: what it takes from the released part. */
  readonly fromReleased: string;
  /** Null where no version governs it any longer. */
  readonly rule: string | null;
  readonly version: {
    readonly version: number;
    readonly hash: string;
    readonly engine: string;
    readonly engineHash: string;
  } | null;
  /** Facts of money behind it. */
  readonly facts: readonly { readonly factId: Uuid; readonly hash: string }[];
  /** The decision about credit that it rests on. */
  readonly decision: Uuid | null;
  readonly entry: BalancedEntry;
}

export type CommissionPostedTold = Published<typeof COMMISSION_POSTED, CommissionPostedData>;
