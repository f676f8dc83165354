import type { Instant, Uuid } from '@tributary/kernel';
import type { Published } from '../published';

export const MEASURED = 'attribution.measured.v1';

export interface MeasuredStep {
  readonly at: Instant;
  readonly value: { readonly count: number; readonly amount: number };
}

/** A countable thing that is no sale, as a timeline: one key is one partner, measure and subject. */
export interface MeasuredData {
  readonly partner: string;
  readonly measure: 'training.completed';
  readonly subject: string;
  readonly steps: readonly MeasuredStep[];
  /** The stored facts that it rests on. */
  readonly evidence: readonly { readonly factId: Uuid }[];
}

export type Measured = Published<typeof MEASURED, MeasuredData>;
