import type { Asset, Instant, Step } from '@tributary/kernel';
import type { Published } from '../published';

export const AGREEMENT = 'partners.agreement.v1';

export const AGREEMENT_STATUSES = ['draft', 'active', 'ended'] as const;
export type AgreementStatus = (typeof AGREEMENT_STATUSES)[number];

/** In the order of the signed agreement, which decides who gets the odd cent. */
export interface Split {
  readonly partner: string;
  readonly bp: number;
}

/** What nobody else may be credited for, and the words of the agreement that say so. An empty list: not limited by it. */
export interface Exclusivity {
  readonly territories: readonly string[];
  readonly verticals: readonly string[];
  readonly clause: string;
}

export interface AgreementValue {
  readonly partner: string;
  readonly programme: string;
  readonly plan: string | null;
  /** Empty, or 10,000 basis points in all. */
  readonly splits: readonly Split[];
  /** The partner above this one, who may earn an override. */
  readonly parent: string | null;
  readonly exclusivity: Exclusivity | null;
  readonly status: AgreementStatus;
  readonly currency: { readonly asset: Asset } | null;
  /** Missing in what was agreed before there were terms: it runs until somebody ends it. */
  readonly term?: AgreementTerm | null;
}

export interface AgreementTerm {
  /** The first sales that it no longer governs; null: it runs until somebody ends it. */
  readonly until: Instant | null;
  /** Whoever ends it for no cause says so as many days before. */
  readonly noticeDays: number;
}

/**
 * `at` is the decision, `from` the sales that it governs by their paidAt: for a sale paid at `p`, seen at `t`, ask
 * `valueAt(timeline, t, p)`. A decision about the past leaves what was known before it readable.
 */
export interface AgreementData {
  readonly agreement: string;
  readonly steps: readonly Step<AgreementValue>[];
}

export type AgreementTold = Published<typeof AGREEMENT, AgreementData>;
