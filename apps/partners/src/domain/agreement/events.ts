import type { AgreementData, AgreementValue } from '@tributary/contracts';
import type { DomainEvent, Instant } from '@tributary/kernel';

export type AgreementTerms = Omit<AgreementValue, 'status'>;
/** Whose agreement it is, and in which programme, never changes; that would be another agreement. */
export type AmendableTerms = Omit<AgreementTerms, 'partner' | 'programme'>;

/** Who decided when, and which sales the decision governs. */
interface Decided {
  readonly by: string;
  readonly at: Instant;
  readonly from: Instant;
}

interface Version {
  readonly agreement: string;
  /** Counts what was proposed for this agreement, the draft first. */
  readonly version: number;
}

type Proposal = Decided & Version & { readonly changed: Partial<AmendableTerms> };

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. `steps` is the whole timeline as it now stands. */
export type AgreementDrafted = DomainEvent<
  'AgreementDrafted',
  AgreementData & Decided & Version & { readonly terms: AgreementTerms }
>;
/** Nothing holds yet: a second person decides. */
export type AmendmentProposed = DomainEvent<'AmendmentProposed', Proposal>;
export type AgreementActivated = DomainEvent<
  'AgreementActivated',
  AgreementData & Decided & Version & { readonly terms: AgreementTerms }
>;
export type AgreementAmended = DomainEvent<'AgreementAmended', AgreementData & Proposal>;
export type AgreementEnded = DomainEvent<
  'AgreementEnded',
  AgreementData & Decided & { readonly reason: string; readonly cause?: string }
>;

export const AGREEMENT_PARTIES = ['partner', 'programme'] as const;
export type AgreementParty = (typeof AGREEMENT_PARTIES)[number];
/** What was signed, where it is kept, and the hash of its bytes. It names no person. */
export interface SignedDocument {
  readonly reference: string;
  readonly sha256: string;
}
/** One side has signed one wording. It changes nothing that governs: two persons of ours do that. */
export type AgreementSigned = DomainEvent<
  'AgreementSigned',
  {
    readonly agreement: string;
    readonly version: number;
    readonly party: AgreementParty;
    readonly signedAt: Instant;
    readonly document: SignedDocument;
    readonly by: string;
  }
>;

export type AgreementEvent =
  | AgreementActivated
  | AgreementAmended
  | AgreementDrafted
  | AgreementEnded
  | AgreementSigned
  | AmendmentProposed;
