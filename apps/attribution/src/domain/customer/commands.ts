import type { Instant, JsonObject, Uuid } from '@tributary/kernel';
import type { EvidenceItem, FactRef, Identifier } from '../evidence';
import type { NotedItem } from '../identifier/items';
import type { PaymentsCounted } from '../sale/events';
import type { CreditAdjudicated, SubscriptionNoted } from './events';

interface OfCustomer<T extends string> {
  readonly type: T;
  readonly customer: string;
}

// What follows from facts, and is never refused.

/** First-hand: a sign-up, links, touches, deals that name the customer itself. */
export interface NoteCustomer extends OfCustomer<'NoteCustomer'> {
  readonly items: readonly NotedItem[];
}
/** What a sale counts of this customer. */
export interface CountPayments extends OfCustomer<'CountPayments'> {
  readonly sale: string;
  readonly payments: readonly Omit<PaymentsCounted['data']['payments'][number], 'customer'>[];
}
export type NoteSubscription = OfCustomer<'NoteSubscription'> & SubscriptionNoted['data'];
/** A fact was taken back, and with it everything that is named by it. */
export interface WithdrawFromCustomer extends OfCustomer<'WithdrawFromCustomer'> {
  /** The id of that fact. */
  readonly item: Uuid;
  readonly by: FactRef;
  readonly at: Instant;
}
/** What another identifier, or another customer, knows first-hand. */
export interface Heard {
  readonly from: Identifier;
  readonly items: readonly EvidenceItem[];
  /** It turned out to be no person. */
  readonly crowd: boolean;
}
/** A timeline that somebody else keeps. */
export interface ToldTerm {
  readonly topic: string;
  readonly key: string;
  readonly revision: number;
  readonly data: JsonObject;
}
export type LearnEvidence = OfCustomer<'LearnEvidence'> & Heard;
export type LearnTerm = OfCustomer<'LearnTerm'> & ToldTerm;
/** What was known already when the customer began to follow: decided on once, not piece by piece. */
export interface LearnKnown extends OfCustomer<'LearnKnown'> {
  readonly terms: readonly ToldTerm[];
  readonly evidence: readonly Heard[];
}

// What people decide.

export interface AdjudicateCredit
  extends OfCustomer<'AdjudicateCredit'>, Readonly<CreditAdjudicated['data']> {
  /** Our clock when it was asked for. */
  readonly at: Instant;
}

export type CustomerCommand =
  | AdjudicateCredit
  | CountPayments
  | LearnEvidence
  | LearnKnown
  | LearnTerm
  | NoteCustomer
  | NoteSubscription
  | WithdrawFromCustomer;

export type CustomerRejected =
  | { readonly code: 'evidence_missing' }
  | { readonly code: 'part_twice'; readonly partner: string; readonly role: string }
  | { readonly code: 'reason_missing' }
  | { readonly code: 'split_not_whole'; readonly sum: number };
