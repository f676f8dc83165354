import type { Instant, Step, Uuid } from '@tributary/kernel';
import type { FactRef } from '../evidence';

/** Whose word decided, the strongest first. */
export const RUNGS = [
  'adjudicated',
  'deal',
  'registration',
  'exclusivity',
  'coupon',
  'touches',
  'house',
] as const;
export type Rung = (typeof RUNGS)[number];

/** A share of the credit: weights are integers and mean something only beside one another. */
export interface CreditPart {
  readonly partner: string;
  readonly role: string;
  readonly weight: number;
}

export const DISCARD_REASONS = [
  'after_conversion',
  'cannot_source',
  'claim_not_live',
  'claim_not_protected',
  'inactive_partner',
  'lost_to_stronger_evidence',
  'no_consent',
  'not_a_person',
  'other_programme',
  'outside_lookback',
  'self_reported',
  'shares_not_whole',
  'superseded',
  'suspended_partner',
  'too_many_touches',
  'unknown_link',
  'unknown_partner',
] as const;
export type DiscardReason = (typeof DISCARD_REASONS)[number];

/** A decision lists this many discarded pieces; of the rest it keeps the numbers and a digest. With the winners it fits into one event. */
export const MOST_DISCARDED = 150;
/** Touches that share. Of more the first one and the latest are weighed, so that a decision can name everything it rests on. */
export const MOST_WINNERS = 50;
/** Partners that a decision names as having had a hand in it, the first by id. */
export const MOST_INFLUENCED = 100;

export interface Discarded {
  readonly item: string;
  readonly fact: FactRef;
  readonly partner: string | null;
  readonly reason: DiscardReason;
}

/** Who is credited, why, and what was put aside. Its id is the hash of what it says, so the same evidence gives the same decision. */
export interface CreditDecision {
  readonly decision: Uuid;
  /** The deal that it is about, or null for everything else of the customer. */
  readonly deal: string | null;
  readonly policy: { readonly id: string; readonly version: number; readonly hash: string };
  readonly rung: Rung;
  /** Why nobody is credited, where nobody is; null too where a person decided so. */
  readonly unattributed: 'customer_unknown' | 'no_eligible_evidence' | null;
  readonly conversionAt: Instant | null;
  /** Sourced. Empty: the house. In the order in which a cent that is left over is given; one partner may have several. */
  readonly parts: readonly CreditPart[];
  /** Had a hand in it, and share nothing. */
  readonly influenced: readonly string[];
  readonly evidence: readonly (FactRef & { readonly item: string; readonly partner: string })[];
  /** In (at, item) order. */
  readonly discarded: readonly Discarded[];
  /** Of all discarded pieces, by reason. */
  readonly discardedCounts: Readonly<Partial<Record<DiscardReason, number>>>;
  /** Over the discarded pieces that are not listed; null when all are. */
  readonly restDigest: string | null;
}

/** What a sale needs of a decision. */
export interface Credit {
  readonly decision: Uuid;
  readonly rung: Rung;
  readonly policy: { readonly id: string; readonly version: number; readonly hash: string };
  readonly parts: readonly CreditPart[];
  readonly influenced: readonly string[];
  readonly unattributed: CreditDecision['unattributed'];
  /** Facts behind it, at most 50, with their hashes. */
  readonly evidence: readonly FactRef[];
}

/** Since when (`at`) which sales (`from`, by paidAt) are credited how. */
export type CreditStep = Step<Credit>;

/** Everything that sales of one customer may be credited by: one history, and one per deal that has its own. */
export interface CreditTimelines {
  readonly general: readonly CreditStep[];
  readonly deals: Readonly<Record<string, readonly CreditStep[]>>;
}

/** The general one first, then by the names of the deals: an object of facts that were read has no order of its own. */
export const historiesOf = ({
  general,
  deals,
}: CreditTimelines): (readonly [deal: string | null, steps: readonly CreditStep[]])[] => [
  [null, general],
  ...Object.entries(deals).sort(([a], [b]) => (a < b ? -1 : 1)),
];
