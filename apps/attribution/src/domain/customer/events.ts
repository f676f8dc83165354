import {
  type DomainEvent,
  type Instant,
  type JsonObject,
  type Step,
  type StreamName,
  streamOf,
} from '@tributary/kernel';
import type { CreditDecision, CreditPart, CreditTimelines } from '../credit/credit';
import type { EvidenceItem, FactRef, Identifier } from '../evidence';

/** One stream per customer, named by its pseudonym. It follows what is known of it elsewhere, and decides who is credited. */
export const customerStreamOf = (tenant: string, customer: string): StreamName =>
  streamOf('customer', tenant, customer);

/** What a stream wants to be told, now and whenever it changes: an identifier, a partner, a policy, … */
export type Topic = string & { readonly __topic: true };

/** First-hand evidence of this customer: its sign-up, its links, its first payments. Others that turn out to be the same one read it. */
export type CustomerEvidenceNoted = DomainEvent<
  'CustomerEvidenceNoted',
  { readonly items: readonly EvidenceItem[]; readonly follows: readonly Topic[] }
>;
/** Payments beyond those that have a place in the order. Nobody else needs them, until one moves up and is noted as the others are. */
export type LaterPaymentsNoted = DomainEvent<
  'LaterPaymentsNoted',
  { readonly payments: readonly EvidenceItem[] }
>;
/** What another identifier, or another customer, has told of itself. */
export type EvidenceLearned = DomainEvent<
  'EvidenceLearned',
  {
    readonly from: Identifier;
    readonly items: readonly EvidenceItem[];
    /** It turned out to be no person: nothing of it counts. */
    readonly crowd?: true;
    /** Topics that this made worth following. */
    readonly follows: readonly Topic[];
  }
>;
/** A policy, a partner, a link: a timeline that somebody else keeps, by revision. */
export type TermLearned = DomainEvent<
  'TermLearned',
  {
    readonly topic: Topic;
    readonly key: string;
    readonly revision: number;
    readonly data: JsonObject;
    readonly follows: readonly Topic[];
  }
>;
export type SubscriptionNoted = DomainEvent<
  'SubscriptionNoted',
  {
    readonly subscription: string;
    readonly item: string;
    readonly fact: FactRef;
    readonly change: 'canceled' | 'changed' | 'started' | 'withdrawn';
    readonly at: Instant;
    readonly mrr: string | null;
    readonly asset: string | null;
    readonly interval: string | null;
  }
>;
/** A person's decision, with the reason and the evidence that it rests on. */
export type CreditAdjudicated = DomainEvent<
  'CreditAdjudicated',
  {
    readonly adjudication: string;
    readonly deal: string | null;
    /** The sales that it governs, by paidAt. */
    readonly from: Instant;
    readonly parts: readonly CreditPart[];
    readonly reason: string;
    readonly evidence: readonly string[];
    /** Why it was decided without evidence that could be named. */
    readonly note: string | null;
    readonly by: string;
  }
>;

/** Derived: who is credited, once per distinct decision. `more`: further ones did not fit into the same append, and follow. */
export type CreditDecided = DomainEvent<'CreditDecided', CreditDecision & { readonly more?: true }>;
/** Derived: what the sales of this customer have to know, whole. `AttributionRevised` of the mission table, for every sale at once. */
export type CreditRevised = DomainEvent<'CreditRevised', CustomerTold>;
/** Derived: places in the order of payments that changed; null beyond the 36th, or when it no longer counts. */
export type PaymentsOrdered = DomainEvent<
  'PaymentsOrdered',
  {
    readonly customer: string;
    readonly revision: number;
    readonly payments: readonly {
      readonly sale: string;
      readonly payment: string;
      readonly ordinal: number | null;
    }[];
  }
>;

export interface CustomerTold {
  readonly customer: string;
  /** Counts from 1. */
  readonly revision: number;
  readonly canonical: string;
  readonly programme: string | null;
  readonly credits: CreditTimelines;
  readonly signedUpAt: Instant | null;
  readonly firstPaidAt: Instant | null;
  readonly customerType: string | null;
  readonly country: string | null;
  readonly segment: string | null;
  readonly activity: readonly Step<Activity>[];
}

export interface Activity {
  readonly active: boolean;
  /** Active again after it was not. */
  readonly reactivated: boolean;
  /** Per month, minor units; null while no subscription has said. */
  readonly mrr: string | null;
  readonly asset: string | null;
  readonly interval: string | null;
}

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type CustomerEvent =
  | CreditAdjudicated
  | CreditDecided
  | CreditRevised
  | CustomerEvidenceNoted
  | EvidenceLearned
  | LaterPaymentsNoted
  | PaymentsOrdered
  | SubscriptionNoted
  | TermLearned;

/** Payments are counted up to here; plans ask for the first few. */
export const MOST_ORDINALS = 36;
