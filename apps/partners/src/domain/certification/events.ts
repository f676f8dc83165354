import type { QualificationData } from '@tributary/contracts';
import { type DomainEvent, type Instant, type StreamName, streamOf } from '@tributary/kernel';

export const certificationStreamOf = (tenant: string, partner: string): StreamName =>
  streamOf('certification', tenant, partner);

/** What a partner does on its way to its certificate. */
export const CERTIFICATION_STEPS = ['technical', 'product', 'demo', 'pilot'] as const;
export type CertificationStep = (typeof CERTIFICATION_STEPS)[number];

interface Recorded {
  readonly partner: string;
  readonly record: string;
  readonly step: CertificationStep;
  /** Of training; 0 for what only has to be done. */
  readonly minutes: number;
  readonly completedAt: Instant;
  readonly evidence: readonly string[];
}

export type CertificationStepRecorded = DomainEvent<
  'CertificationStepRecorded',
  Recorded & { readonly by: string }
>;
export type CertificationStepTakenBack = DomainEvent<
  'CertificationStepTakenBack',
  {
    readonly partner: string;
    readonly record: string;
    readonly by: string;
    readonly reason: string;
  }
>;
/** Derived: since when the partner is certified, or not any more. */
export type CertificationRevised = DomainEvent<'CertificationRevised', QualificationData>;

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type CertificationEvent =
  CertificationRevised | CertificationStepRecorded | CertificationStepTakenBack;
