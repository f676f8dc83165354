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
  AgreementData & Decided & { readonly reason: string }
>;

export type AgreementEvent =
  AgreementActivated | AgreementAmended | AgreementDrafted | AgreementEnded | AmendmentProposed;
