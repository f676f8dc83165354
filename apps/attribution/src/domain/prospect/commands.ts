import type { Instant, JsonObject, Uuid } from '@tributary/kernel';
import type { FactRef } from '../evidence';
import type {
  About,
  ClaimDecisionReported,
  ClaimVerdict,
  CompanyKey,
  Contender,
  DirectPeriod,
  Verdict,
} from './events';

interface OfProspect<T extends string> {
  readonly type: T;
  readonly prospect: string;
}

interface Submission {
  readonly programme: string;
  readonly key: CompanyKey;
  readonly lead: string;
  readonly at: Instant;
  readonly fact: FactRef;
  readonly about: About;
  /** Whether with this everything has been said that a decision needs. */
  readonly complete: boolean;
  readonly accountHeldByDirect?: boolean;
}

// What follows from facts, and is never refused.

export interface RegisterClaim extends OfProspect<'RegisterClaim'>, Submission {
  readonly partner: string;
}
export interface UpdateClaim extends OfProspect<'UpdateClaim'> {
  /** Where the fact itself names the company. */
  readonly company?: { readonly programme: string; readonly key: CompanyKey };
  readonly lead: string;
  readonly partner?: string;
  readonly at: Instant;
  readonly fact: FactRef;
  readonly about: About;
  readonly complete: boolean;
  readonly accountHeldByDirect?: boolean;
}
export interface DecideClaim extends OfProspect<'DecideClaim'> {
  readonly lead: string;
  readonly decision: ClaimDecisionReported['data']['decision'];
  readonly rules: readonly string[];
  readonly until?: Instant;
  readonly decidedBy: string;
  readonly at: Instant;
  readonly fact: FactRef;
}
/** A fact about this lead was taken back. */
export interface WithdrawClaim extends OfProspect<'WithdrawClaim'> {
  readonly lead: string;
  readonly factId: Uuid;
  readonly by: FactRef;
  readonly at: Instant;
}
/** Goes to both prospects. */
export interface NoteSameCompany extends OfProspect<'NoteSameCompany'> {
  readonly other: string;
  readonly linked: boolean;
  readonly at: Instant;
  readonly fact: FactRef;
}
/** What is told under a topic that it follows: the programme's settings, or a fact about one of its leads. */
export interface LearnClaimTerm extends OfProspect<'LearnClaimTerm'> {
  readonly topic: string;
  readonly key: string;
  readonly revision: number;
  readonly data: JsonObject;
}
export interface LearnRivals extends OfProspect<'LearnRivals'> {
  readonly from: string;
  readonly revision: number;
  readonly contenders: readonly Contender[];
  readonly direct: readonly DirectPeriod[];
  readonly at: Instant;
}
export interface TakeVerdict extends OfProspect<'TakeVerdict'>, Omit<ClaimVerdict, 'prospect'> {
  readonly conflict: string;
  readonly reason: string;
  readonly by: string;
  readonly at: Instant;
}

// What people decide; `by` and `at` are the caller's and our clock's.

interface ByPerson {
  readonly reason: string;
  readonly by: string;
  readonly at: Instant;
}
export interface JudgeClaim extends OfProspect<'JudgeClaim'>, ByPerson {
  readonly lead: string;
  readonly verdict: Verdict;
  /** Left out: as the programme says, from the registration on. */
  readonly until?: Instant;
}
export interface ExtendClaim extends OfProspect<'ExtendClaim'>, ByPerson {
  readonly lead: string;
}
export interface AdjudicateConflict extends OfProspect<'AdjudicateConflict'>, ByPerson {
  readonly conflict: string;
  readonly winner: string;
  readonly evidence: readonly string[];
  readonly until?: Instant;
}
export interface MarkDirectAccount extends OfProspect<'MarkDirectAccount'>, ByPerson {
  /** Of a company that nobody has claimed yet. */
  readonly company?: { readonly programme: string; readonly key: CompanyKey };
  readonly since?: Instant;
}
export interface ReleaseDirectAccount extends OfProspect<'ReleaseDirectAccount'>, ByPerson {}

export type ProspectCommand =
  | AdjudicateConflict
  | DecideClaim
  | ExtendClaim
  | JudgeClaim
  | LearnClaimTerm
  | LearnRivals
  | MarkDirectAccount
  | NoteSameCompany
  | RegisterClaim
  | ReleaseDirectAccount
  | TakeVerdict
  | UpdateClaim
  | WithdrawClaim;

export type ProspectRejected =
  | { readonly code: 'claim_already_decided'; readonly state: string }
  | { readonly code: 'claim_in_conflict'; readonly conflicts: readonly string[] }
  | { readonly code: 'claim_incomplete' }
  | { readonly code: 'claim_not_found' }
  | { readonly code: 'claim_not_protected'; readonly state: string }
  | { readonly code: 'claim_withdrawn' }
  | { readonly code: 'conflict_already_decided'; readonly winner: string }
  | { readonly code: 'conflict_not_found' }
  | { readonly code: 'conflict_settled'; readonly how: string }
  | { readonly code: 'direct_account_already_marked'; readonly since: Instant }
  | { readonly code: 'direct_account_not_marked' }
  | { readonly code: 'no_extension_left'; readonly extensions: number }
  | { readonly code: 'not_a_side'; readonly sides: readonly string[] }
  | { readonly code: 'prospect_not_found' }
  | { readonly code: 'protection_ended'; readonly until: Instant }
  | { readonly code: 'protection_ends_before_it_begins'; readonly until: Instant };
