import type { StandingData, Track } from '@tributary/contracts';
import { type DomainEvent, type Instant, type StreamName, streamOf } from '@tributary/kernel';
import type { Scorecard } from '../evaluation/scorecard';
import type { Risk } from '../evaluation/risks';
import type { Fact } from '../facts/fact';
import type { RulesStep } from '../rules/content';
import type { Tier } from './starts';

export const standingStreamOf = (tenant: string, partner: string, track: string): StreamName =>
  streamOf('standing', tenant, partner, track);

export interface OfStanding {
  readonly partner: string;
  readonly track: Track;
}

interface Proposal extends OfStanding {
  /** Counts what was proposed for this partner and track. */
  readonly proposal: number;
  /** Null: no tier from then on. */
  readonly tier: string | null;
  readonly reason: string;
  /** References to what it rests on, such as a document or a ticket. */
  readonly evidence: readonly string[];
}

/** The first of every standing: what it wants to be told from now on. Standings that are older than facts have it later. */
export type StandingOpened = DomainEvent<
  'StandingOpened',
  OfStanding & { readonly follows: readonly string[] }
>;

// What was told.

export type FactLearned = DomainEvent<
  'FactLearned',
  OfStanding & { readonly fact: Fact; readonly at: Instant }
>;
export type RulesLearned = DomainEvent<
  'RulesLearned',
  OfStanding & {
    readonly revision: number;
    readonly steps: readonly RulesStep[];
    readonly at: Instant;
  }
>;

// What people decide.

/** A tier that waits for a second person. `from` is null where it is to hold from the approval on. */
export type StandingProposed = DomainEvent<
  'StandingProposed',
  Proposal & { readonly from: Instant | null; readonly by: string }
>;
/** From here on rates read it. `steps` is the whole timeline as it now stands. */
export type StandingGranted = DomainEvent<
  'StandingGranted',
  Proposal &
    StandingData & {
      readonly at: Instant;
      readonly from: Instant;
      readonly proposedBy: string;
      readonly by: string;
    }
>;
/** Also how whoever proposed it takes it back. */
export type StandingProposalRejected = DomainEvent<
  'StandingProposalRejected',
  Omit<Proposal, 'reason'> & {
    readonly from: Instant | null;
    readonly proposedBy: string;
    /** Why it was proposed. */
    readonly proposedFor: string;
    readonly by: string;
    readonly reason: string;
  }
>;

/** For fraud alone: at most this tier, from a day in the past on. */
interface Annulment extends OfStanding {
  readonly annulment: number;
  readonly tier: Tier;
  readonly from: Instant;
  /** Null: until a later grant by hand. */
  readonly until: Instant | null;
  readonly reason: string;
  readonly evidence: readonly string[];
}
export type AnnulmentProposed = DomainEvent<
  'AnnulmentProposed',
  Annulment & { readonly by: string }
>;
export type TierAnnulled = DomainEvent<
  'TierAnnulled',
  Annulment &
    StandingData & { readonly at: Instant; readonly proposedBy: string; readonly by: string }
>;
export type AnnulmentRejected = DomainEvent<
  'AnnulmentRejected',
  OfStanding & {
    readonly annulment: number;
    readonly proposedBy: string;
    readonly by: string;
    readonly reason: string;
  }
>;
export type DemotionAppealed = DomainEvent<
  'DemotionAppealed',
  OfStanding & { readonly tier: string; readonly by: string; readonly reason: string }
>;
export type AppealDecided = DomainEvent<
  'AppealDecided',
  OfStanding & {
    readonly tier: string;
    readonly upheld: boolean;
    /** The tier stays at least until then. */
    readonly endsAt: Instant;
    readonly appealedBy: string;
    readonly by: string;
    readonly reason: string;
  }
>;

// What follows, and is decided by the evidence.

/** The whole timeline, as it now stands. */
type Told = StandingData & {
  readonly at: Instant;
  /** What holds now, and what held before. */
  readonly now: { readonly applied: Tier; readonly entitled: Tier };
  readonly before: { readonly applied: Tier; readonly entitled: Tier };
};
export type TierRaised = DomainEvent<'TierRaised', Told>;
export type TierLowered = DomainEvent<'TierLowered', Told>;
export type EntitlementChanged = DomainEvent<'EntitlementChanged', Told>;

export type DemotionNoticed = DomainEvent<
  'DemotionNoticed',
  OfStanding & {
    /** The tier that nothing entitles to any more. */
    readonly tier: string;
    readonly noticedAt: Instant;
    readonly endsAt: Instant;
    /** The requirements that are not met, by name. */
    readonly missing: readonly string[];
  }
>;
/** The tier is entitled to again, or its time was over, or people have taken it away before. */
export type NoticeEnded = DomainEvent<
  'NoticeEnded',
  OfStanding & { readonly tier: string; readonly outcome: 'demoted' | 'entitled_again' }
>;
/** Commitments that were not kept; none: not any more. */
export type RiskAssessed = DomainEvent<
  'RiskAssessed',
  OfStanding & { readonly risks: readonly Risk[] }
>;
export type ScorecardIssued = DomainEvent<
  'ScorecardIssued',
  Scorecard & {
    readonly reason: 'changed' | 'demand' | 'quarterly';
    readonly quarter: string;
    readonly applied: Tier;
  }
>;
export type TaskOpened = DomainEvent<
  'TaskOpened',
  OfStanding & {
    readonly task: string;
    readonly kind: 'benefit' | 'review';
    /** The benefit; of a review, since when the partner has been in its tier. */
    readonly subject: string;
    readonly name: string;
    readonly tier: string;
    readonly owner: string;
  }
>;
/** The tier it belonged to is gone. */
export type TaskDropped = DomainEvent<'TaskDropped', OfStanding & { readonly task: string }>;
export type TaskAssigned = DomainEvent<
  'TaskAssigned',
  OfStanding & { readonly task: string; readonly owner: string; readonly by: string }
>;
export type TaskDone = DomainEvent<
  'TaskDone',
  OfStanding & { readonly task: string; readonly note: string; readonly by: string }
>;

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type StandingEvent =
  | AnnulmentProposed
  | AnnulmentRejected
  | AppealDecided
  | DemotionAppealed
  | DemotionNoticed
  | EntitlementChanged
  | FactLearned
  | NoticeEnded
  | RiskAssessed
  | RulesLearned
  | ScorecardIssued
  | StandingGranted
  | StandingOpened
  | StandingProposalRejected
  | StandingProposed
  | TaskAssigned
  | TaskDone
  | TaskDropped
  | TaskOpened
  | TierAnnulled
  | TierLowered
  | TierRaised;
