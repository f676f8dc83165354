import type { Asset, BalancedEntry, Day, DomainEvent, Uuid } from '@tributary/kernel';
import type { ItemId } from '../item';

/** How a line was recognised: by our name of the payment, the bank's, its batch, as a return, by money and account, by a person, as a charge. */
export const TIERS = ['T1', 'T2', 'T3', 'T4', 'T5', 'T7', 'manual'] as const;
export type Tier = (typeof TIERS)[number];

/** What every event of matching repeats, so that whoever hears of it needs nothing else. */
export interface OfRail {
  readonly rail: string;
  readonly entity: string;
  readonly asset: Asset;
  readonly zone: string;
}

export interface MatchedItem {
  readonly item: ItemId;
  readonly partner: string;
  /** Minor units that moved for it. */
  readonly amount: string;
  /** What the bank kept of a return. */
  readonly fee: string;
}

export interface UnmatchedItem extends MatchedItem {
  /** Of `settled`: whether the bank's last word is that it rejects it, which counts from now on. */
  readonly isRejected?: boolean;
}

/** What a partner paid back of what it owes. Its account is that of the rail's entity and currency. */
export interface Repayment {
  readonly repayment: Uuid;
  readonly partner: string;
  /** All of the line. */
  readonly amount: string;
}

/** Booked by accounts: `settled` and `returned` by those of the items, `repaid` by that of the partner. */
export interface ItemMatch {
  readonly line: string;
  readonly tier: Tier;
  readonly kind: 'repaid' | 'returned' | 'settled';
  readonly bookedOn: Day;
  readonly bankReference: string | null;
  /** Of a PIX that pays, or gives back, one item. */
  readonly endToEndId?: string;
  readonly returnReason: string | null;
  readonly items: readonly MatchedItem[];
  /** Of the file whose items were paid by one debit. */
  readonly batch: string | null;
  /** Of `repaid`. */
  readonly repayment?: Repayment;
  readonly by: string | null;
  readonly proposedBy: string | null;
  readonly reason: string | null;
}

/** The bank says that these were paid, came back, or were paid back by a partner. The accounts book it, each its own. */
export type LinesMatched = DomainEvent<
  'LinesMatched',
  OfRail & { readonly matches: readonly ItemMatch[] }
>;

export const BOOKED_KINDS = ['correction', 'fee', 'funding', 'outside', 'tax'] as const;
export type BookedKind = (typeof BOOKED_KINDS)[number];

/** Whether the rail books such a line itself; else accounts do. */
export const isBooked = (kind: BookedKind | ItemMatch['kind']): kind is BookedKind =>
  kind !== 'repaid' && kind !== 'returned' && kind !== 'settled';

/** Money that moved for no item: the bank's own mistakes and their correction, what it charges, what we put in, what was paid past the system, or to a tax authority. Of one day. */
export type LinesBooked = DomainEvent<
  'LinesBooked',
  OfRail & {
    readonly kind: BookedKind;
    readonly tier: Tier;
    readonly bookedOn: Day;
    readonly lines: readonly {
      readonly line: string;
      readonly side: 'debit' | 'credit';
      readonly amount: string;
      readonly code: string | null;
      /** Of `tax`: which one the bank shows with it. */
      readonly remittance?: Uuid;
    }[];
    readonly by: string | null;
    readonly proposedBy: string | null;
    readonly reason: string | null;
    readonly entry: BalancedEntry;
  }
>;

/** A match is never deleted: this takes it back, and says who wanted that. */
export type LineUnmatched = DomainEvent<
  'LineUnmatched',
  OfRail & {
    readonly line: string;
    readonly kind: BookedKind | ItemMatch['kind'];
    readonly bookedOn: Day;
    readonly items: readonly UnmatchedItem[];
    /** With this one everything that the line stood for is taken back. */
    readonly last: boolean;
    readonly by: string;
    readonly reason: string;
    /** A person took it back: it is not matched again by itself. */
    readonly byPerson: boolean;
    /** That the bank does not show after all. */
    readonly remittance?: Uuid;
    readonly entry?: BalancedEntry;
  }
>;

/** An account does not book what is not matched any more. Kept, so that hearing it again takes back no later match of the same line. */
export type RefusalOutdated = DomainEvent<
  'RefusalOutdated',
  {
    readonly rail: string;
    readonly line: string;
    readonly item: ItemId;
    readonly because: string;
  }
>;

export interface HandMatch {
  readonly line: string;
  readonly kind: BookedKind | ItemMatch['kind'];
  readonly items: readonly ItemId[];
  /** Of `tax`. */
  readonly remittance?: Uuid;
  /** Of `repaid`. */
  readonly repayment?: Repayment;
  readonly reason: string;
}

/** Above the limit a second person has to approve. */
export type MatchProposed = DomainEvent<
  'MatchProposed',
  { readonly rail: string; readonly by: string } & HandMatch
>;

/** Two persons have said that this was paid to a tax authority from here: a statement is to show it. */
export type RemittanceExpected = DomainEvent<
  'RemittanceExpected',
  {
    readonly rail: string;
    readonly remittance: Uuid;
    readonly amount: string;
    /** Of the payment document. */
    readonly reference: string;
    readonly paidOn: Day;
    readonly by: string;
  }
>;

export interface MatchingRules {
  /** The bank's codes of what it charges for. */
  readonly chargeCodes: readonly string[];
  /** Minor units above which a charge is looked at by a person all the same. */
  readonly chargeLimit: string;
  /** Minor units above which what a person matches needs a second one. */
  readonly handLimit: string;
  /** Business days after the day of payment within which the money is expected to leave. */
  readonly settleDays: { readonly pix: number; readonly ted: number };
  /** Business days after which a file without an answer is overdue. */
  readonly answerDays: number;
  /** Other writings of our account, as the bank has them in its statements. */
  readonly accountNames: readonly string[];
}

export interface ProposedRules {
  readonly rules: MatchingRules;
  readonly by: string;
}

/** They decide nothing before a second person has said the same. */
export type MatchingRulesProposed = DomainEvent<
  'MatchingRulesProposed',
  ProposedRules & { readonly rail: string }
>;

export type MatchingRulesSet = DomainEvent<
  'MatchingRulesSet',
  ProposedRules & {
    readonly rail: string;
    /** Left out where they hold already, and as long as one person was enough. */
    readonly proposedBy?: string;
  }
>;

/** What is left for the appends that follow, in order. */
export type Work =
  | { readonly kind: 'age'; readonly asOf: Day; readonly file: string; readonly from: number }
  | { readonly kind: 'batch'; readonly line: string; readonly from: number }
  | {
      readonly kind: 'lines';
      readonly statement: string;
      readonly chunk: number;
      readonly from: number;
    }
  | {
      readonly kind: 'unbatch';
      readonly line: string;
      readonly from: number;
      readonly by: string;
      readonly reason: string;
      readonly byPerson: boolean;
    };

export type MatchingFellBehind = DomainEvent<
  'MatchingFellBehind',
  { readonly rail: string; readonly work: readonly Work[] }
>;

export type MatchEvent =
  | LineUnmatched
  | LinesBooked
  | LinesMatched
  | MatchProposed
  | MatchingFellBehind
  | MatchingRulesProposed
  | MatchingRulesSet
  | RefusalOutdated
  | RemittanceExpected;
