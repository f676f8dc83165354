import type { Instant, Step } from '@tributary/kernel';
import type { Published } from '../published';

export const QUALIFICATION = 'partners.qualification.v1';

/** What a partner may show for itself besides revenue, and the levels of each. */
export const QUALIFICATIONS = {
  /** Of the partner's people. Whoever has the advanced one was certified before. */
  certificate: ['certified', 'advanced'],
  /** A plan for the year, and one that both sides have aligned with their strategy. */
  jointplan: ['agreed', 'aligned'],
  /** What an integration has to be, each shown by itself. */
  integration: ['live', 'mutual_benefit', 'maintenance', 'joint', 'marquee'],
  /** Referrals promised for a quarter; its level is their number. */
  commitment: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type QualificationKind = keyof typeof QUALIFICATIONS;

export interface QualificationValue {
  /** False: withdrawn from then on. */
  readonly holds: boolean;
  /** One of its kind; of a commitment, a number as text. */
  readonly level: string;
  /** The first instant at which it no longer counts; null: it does not run out. */
  readonly validUntil: Instant | null;
  /** References to what it rests on. */
  readonly evidence: readonly string[];
}

/** Since when a partner may show what. A partner may have several records of one kind, such as a certificate for each person. */
export interface QualificationData {
  readonly partner: string;
  readonly kind: QualificationKind;
  readonly record: string;
  readonly steps: readonly Step<QualificationValue>[];
}

export type QualificationTold = Published<typeof QUALIFICATION, QualificationData>;
