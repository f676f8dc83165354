import type { ProgrammeData } from '@tributary/contracts';
import {
  type DomainEvent,
  type Instant,
  type StreamName,
  type Uuid,
  streamOf,
  uuidV5,
  withoutDashes,
} from '@tributary/kernel';
import type { Topic } from '../customer/events';
import type { FactRef, Identifier } from '../evidence';

/** What a company is known by: the pseudonym of its tax id, else its domain in lower case, hashed like every identifier. */
export type CompanyKey = Identifier & { readonly kind: 'company' | 'tax' };

/** One stream per company and programme. Its id also names the prospect to people. */
export const prospectOf = (tenant: string, programme: string, { kind, id }: CompanyKey): string =>
  withoutDashes(uuidV5('prospect', tenant, programme, kind, id));
export const prospectStreamOf = (tenant: string, prospect: string): StreamName =>
  streamOf('prospect', tenant, prospect);

/** Facts that name a lead and no company are told under this topic, and reach the prospect that has the lead whichever came first. */
export const topicOfLead = (lead: string): Topic => `lead:${lead}` as Topic;

/** What is claimed, without personal data. */
export interface About {
  readonly name?: string;
  readonly domain?: string;
  readonly product?: string;
  readonly value?: string;
  readonly asset?: string;
  readonly territory?: string;
  readonly vertical?: string;
}

/** A fact of upstream about a claim: its registration, or a later word on it. */
export type ClaimSubmitted = DomainEvent<
  'ClaimSubmitted',
  {
    readonly prospect: string;
    readonly programme: string;
    readonly key: CompanyKey;
    readonly lead: string;
    /** Null where an update names none. */
    readonly partner: string | null;
    readonly fact: FactRef;
    readonly complete: boolean;
    readonly about: About;
    readonly heldByDirect: boolean;
    readonly follows: readonly Topic[];
  }
>;
/** What a system outside has decided about a claim. */
export type ClaimDecisionReported = DomainEvent<
  'ClaimDecisionReported',
  {
    readonly prospect: string;
    readonly lead: string;
    readonly fact: FactRef;
    readonly decision: 'approved' | 'extended' | 'refused';
    readonly rules: readonly string[];
    readonly until: Instant | null;
    readonly decidedBy: string;
  }
>;
export type ClaimFactWithdrawn = DomainEvent<
  'ClaimFactWithdrawn',
  {
    readonly prospect: string;
    readonly lead: string;
    readonly factId: Uuid;
    readonly by: FactRef;
  }
>;
/** Two keys turned out to belong to one company, or not to. */
export type SameCompanyNoted = DomainEvent<
  'SameCompanyNoted',
  {
    readonly prospect: string;
    readonly other: string;
    readonly linked: boolean;
    readonly fact: FactRef;
  }
>;
export type ClaimTermsLearned = DomainEvent<
  'ClaimTermsLearned',
  { readonly prospect: string; readonly revision: number; readonly data: ProgrammeData }
>;
/** The claims of another prospect of the same company. */
export type RivalsLearned = DomainEvent<
  'RivalsLearned',
  {
    readonly prospect: string;
    readonly from: string;
    readonly revision: number;
    readonly contenders: readonly Contender[];
    readonly direct: readonly DirectPeriod[];
  }
>;

export type Verdict = 'approved' | 'refused';

/** Decisions of people. */
export type ClaimDecided = DomainEvent<
  'ClaimDecided',
  {
    readonly prospect: string;
    readonly lead: string;
    readonly verdict: Verdict;
    readonly until: Instant | null;
    /** Of a refusal, where a conflict was behind it. */
    readonly rule: ConflictRule | null;
    readonly reason: string;
    readonly by: string;
  }
>;
export type ClaimExtended = DomainEvent<
  'ClaimExtended',
  {
    readonly prospect: string;
    readonly lead: string;
    readonly until: Instant;
    readonly reason: string;
    readonly by: string;
  }
>;
export interface ClaimVerdict {
  readonly prospect: string;
  readonly lead: string;
  readonly verdict: Verdict;
  readonly until: Instant | null;
  readonly rule: ConflictRule;
}
export type ConflictAdjudicated = DomainEvent<
  'ConflictAdjudicated',
  {
    readonly prospect: string;
    readonly conflict: string;
    /** A side of the conflict. */
    readonly winner: string;
    readonly reason: string;
    /** What the decision rests on: ids of facts, documents. */
    readonly evidence: readonly string[];
    readonly by: string;
    readonly verdicts: readonly ClaimVerdict[];
  }
>;
/** The conflict was decided at the other prospect of the company. */
export type VerdictTaken = DomainEvent<
  'VerdictTaken',
  ClaimVerdict & { readonly conflict: string; readonly reason: string; readonly by: string }
>;
export type DirectAccountMarked = DomainEvent<
  'DirectAccountMarked',
  {
    readonly prospect: string;
    readonly programme: string;
    readonly key: CompanyKey;
    readonly since: Instant;
    readonly reason: string;
    readonly by: string;
    readonly follows: readonly Topic[];
  }
>;
export type DirectAccountReleased = DomainEvent<
  'DirectAccountReleased',
  { readonly prospect: string; readonly reason: string; readonly by: string }
>;

/** Derived: where a claim stands, whole. */
export type ClaimChanged = DomainEvent<'ClaimChanged', ClaimStanding>;
/** Derived: found, found again, or with other evidence. */
export type ConflictFound = DomainEvent<'ConflictFound', Conflict>;
export type ConflictSettled = DomainEvent<
  'ConflictSettled',
  { readonly prospect: string; readonly conflict: string; readonly how: Settlement }
>;
/** Derived: its claims, for the other prospects of the same company. */
export type ClaimsTold = DomainEvent<
  'ClaimsTold',
  {
    readonly prospect: string;
    readonly to: readonly string[];
    readonly revision: number;
    readonly contenders: readonly Contender[];
    readonly direct: readonly DirectPeriod[];
  }
>;

/** When our own sales team held the company; null: it still does. */
export interface DirectPeriod {
  readonly since: Instant;
  readonly until: Instant | null;
}

/** What a partner may be told when its claim meets another one. It never names the rival. */
export type ConflictRule = 'claimed_by_another_partner' | 'held_by_direct_sales';

export const CLAIM_STATES = [
  'incomplete',
  'registered',
  'conflict',
  'protected',
  'refused',
  'withdrawn',
] as const;
export type ClaimState = (typeof CLAIM_STATES)[number];

export interface ClaimStanding {
  readonly prospect: string;
  readonly programme: string;
  readonly key: CompanyKey;
  readonly lead: string;
  /** Counts from 1. */
  readonly revision: number;
  readonly partner: string;
  readonly state: ClaimState;
  readonly rule: ConflictRule | null;
  /** Open ones that it is a side of, 20 at most. */
  readonly conflicts: readonly string[];
  /** Of the first complete submission. */
  readonly registeredAt: Instant | null;
  /** From here on a decision is overdue. */
  readonly decideBy: Instant | null;
  /** Protected until then, or once it is approved. */
  readonly until: Instant | null;
  readonly decidedAt: Instant | null;
  readonly decidedBy: string | null;
  readonly reason: string | null;
  readonly rules: readonly string[];
  readonly extensions: number;
  readonly heldByDirect: boolean;
  readonly about: About;
  /** Of the first complete submission, else of the first. */
  readonly fact: FactRef;
  /** Every fact behind it, the latest 20. */
  readonly facts: readonly FactRef[];
  /** Counts what the identifiers of lead and company have to be told of it; 0 while that is nothing. */
  readonly evidence: number;
  /** Where it stood before, for those whom only some changes concern. */
  readonly before: {
    readonly state: ClaimState;
    readonly partner: string;
    readonly factId: Uuid;
    readonly evidence: number;
    /** Left out in what was stored before it was kept. */
    readonly decidedAt?: Instant | null;
  } | null;
}

/** A claim as it competes. It lives from its registration until its protection ends or would end, or until it is refused. */
export interface Contender {
  readonly prospect: string;
  readonly lead: string;
  readonly partner: string;
  readonly registeredAt: Instant;
  readonly fact: FactRef;
  readonly facts: readonly FactRef[];
  readonly grantedAt: Instant | null;
  readonly refusedAt: Instant | null;
  readonly until: Instant;
}

/** `superseded`: a fact that came late shows that others compete. Like `withdrawn`, it is then as if it had never been. */
export const SETTLEMENTS = [
  'adjudicated',
  'decided',
  'released',
  'superseded',
  'withdrawn',
] as const;
export type Settlement = (typeof SETTLEMENTS)[number];

/** The side of our own sales team. */
export const DIRECT = 'direct';

export interface ConflictSide {
  /** `direct`, or prospect and lead. */
  readonly side: string;
  readonly prospect: string;
  readonly lead: string | null;
  readonly partner: string | null;
  readonly since: Instant;
  readonly facts: readonly FactRef[];
}

export interface Conflict {
  readonly prospect: string;
  readonly programme: string;
  readonly conflict: string;
  readonly rule: ConflictRule;
  /** Since when both stood. */
  readonly at: Instant;
  /** Who leads by our rule stands first. */
  readonly sides: readonly [ConflictSide, ConflictSide];
}

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type ProspectEvent =
  | ClaimChanged
  | ClaimDecided
  | ClaimDecisionReported
  | ClaimExtended
  | ClaimFactWithdrawn
  | ClaimSubmitted
  | ClaimTermsLearned
  | ClaimsTold
  | ConflictAdjudicated
  | ConflictFound
  | ConflictSettled
  | DirectAccountMarked
  | DirectAccountReleased
  | RivalsLearned
  | SameCompanyNoted
  | VerdictTaken;
