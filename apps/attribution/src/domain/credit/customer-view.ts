import type { AgreementValue, LinkValue, PartnerValue } from '@tributary/contracts';
import type { Instant, Step } from '@tributary/kernel';
import type { EvidenceItem, Identifier } from '../evidence';
import type { PolicyStep } from '../policy/policy-content';
import type { CreditPart } from './credit';

/** Everything that one customer's stream knows; its credit is a pure function of it, whatever the order it was learned in. */
export interface CustomerView {
  readonly customer: string;
  /** One per identifier and customer that was ever heard of, this customer included. Whether it counts at some time is found by its links. */
  readonly origins: readonly Origin[];
  readonly adjudications: readonly Adjudication[];
  readonly terms: Terms;
}

/** What is known under one name. */
export interface Origin {
  readonly identifier: Identifier;
  /** So many touches or links that it is no person: it neither connects nor counts. */
  readonly crowd: boolean;
  /** Of each item the highest version, withdrawn ones included, in any order. A link may be told at either end, or at both. */
  readonly items: readonly EvidenceItem[];
}

export interface Adjudication {
  readonly adjudication: string;
  /** When it was decided. */
  readonly at: Instant;
  /** Null: all of the customer that no adjudication of a deal of its own takes out. */
  readonly deal: string | null;
  /** The sales that it governs, by paidAt. */
  readonly from: Instant;
  readonly parts: readonly CreditPart[];
  /** Items that it rests on. */
  readonly evidence: readonly string[];
}

/** A `Map` or a `PersistentMap`. */
export interface Lookup<V> {
  get(key: string): V | undefined;
}

/** What others have told, as they told it: only `steps` are read. What was not told yet is simply missing. */
export interface Terms {
  /** By programme. */
  readonly policies: Lookup<readonly PolicyStep[]>;
  readonly partners: Lookup<readonly Step<Pick<PartnerValue, 'status'>>[]>;
  /** By the name that touches give the link. */
  readonly links: Lookup<readonly Step<LinkValue>[]>;
  readonly coupons: Lookup<readonly Step<LinkValue>[]>;
  /** By programme: agreements that ever had an exclusivity, in any order. */
  readonly exclusives: Lookup<readonly ExclusiveAgreement[]>;
}

export interface ExclusiveAgreement {
  readonly agreement: string;
  readonly steps: readonly Step<Pick<AgreementValue, 'exclusivity' | 'partner' | 'status'>>[];
}
