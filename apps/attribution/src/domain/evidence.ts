import type { Instant, Uuid } from '@tributary/kernel';

/** What may be known of the same person or company, under names of different systems. */
export const IDENTIFIER_KINDS = [
  'account',
  'click',
  'company',
  'customer',
  'deal',
  'email',
  'lead',
  'order',
  'tax',
  'visitor',
] as const;
export type IdentifierKind = (typeof IDENTIFIER_KINDS)[number];

/** An identifier's id is its pseudonym, or a hash where the name cannot be personal; it never is the name itself. */
export interface Identifier {
  readonly kind: IdentifierKind;
  readonly id: string;
}

/** The stored fact that something rests on. */
export interface FactRef {
  readonly factId: Uuid;
  /** Of the content as it is stored, so that nobody can exchange what stands behind a decision. */
  readonly hash: string;
}

export const TOUCH_TYPES = [
  'click',
  'coupon',
  'event',
  'integration',
  'intro',
  'referral',
] as const;
export type TouchType = (typeof TOUCH_TYPES)[number];

/** That a partner had contact. Who that was may have to be asked of a link or a coupon, whose owner changes over time. */
export interface Touch {
  readonly kind: 'touch';
  readonly type: TouchType;
  /** Exactly one of these three. */
  readonly partner?: string;
  readonly link?: string;
  readonly coupon?: string;
  readonly consent: boolean;
  readonly role?: string;
  /** What a customer says about itself informs, and never pays. */
  readonly selfReported: boolean;
}

/** That two identifiers are one, or are not. The latest fact about a pair by (at, fact id) holds. */
export interface Link {
  readonly kind: 'link';
  readonly to: Identifier;
  readonly linked: boolean;
  readonly basis: string;
}

/** A partner's claim on a company, as its prospect has decided it so far. */
export interface Claim {
  readonly kind: 'claim';
  readonly prospect: string;
  readonly partner: string;
  readonly state: 'pending' | 'protected' | 'refused' | 'withdrawn';
  readonly registeredAt: Instant;
  /** While it is protected. */
  readonly from?: Instant;
  readonly until?: Instant;
}

/** A deal with the roles that partners play in it. Shares, where given, sum to 10,000 basis points. */
export interface Deal {
  readonly kind: 'deal';
  readonly deal: string;
  readonly stage: 'lost' | 'open' | 'won';
  readonly openedAt: Instant;
  readonly roles: readonly DealRole[];
}

export interface DealRole {
  readonly partner: string;
  readonly role: string;
  readonly bp?: number;
}

/** When somebody became a customer, and what is known of them since. */
export interface SignUp {
  readonly kind: 'signup';
  readonly programme: string;
  readonly country?: string;
  readonly customerType?: string;
  readonly segment?: string;
  readonly plan?: string;
}

/** A payment that counts, for the order of payments of customers that turn out to be one. */
export interface CountedPayment {
  readonly kind: 'payment';
  readonly sale: string;
  readonly payment: string;
}

/** What was once said and has been taken back: retracted, superseded, or no longer counting. */
export interface Withdrawn {
  readonly kind: 'withdrawn';
}

export type EvidenceBody = Claim | CountedPayment | Deal | Link | SignUp | Touch | Withdrawn;

/**
 * A piece of evidence at one identifier, or at one customer. It is told by version: of two tellings of one item the higher
 * version holds, so that it does not matter in which order they arrive.
 */
export interface EvidenceItem {
  readonly item: string;
  readonly version: number;
  /** When it happened. */
  readonly at: Instant;
  readonly fact: FactRef;
  readonly body: EvidenceBody;
}
