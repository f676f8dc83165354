import type { Step, Uuid } from '@tributary/kernel';
import type { Published } from '../published';

export const MEASURED = 'attribution.measured.v1';

export const MEASURES = [
  'csat',
  'implementation.completed',
  'implementation.qualified',
  'lead.accepted',
  'training.completed',
] as const;
export type MeasureName = (typeof MEASURES)[number];

export interface MeasuredValue {
  readonly count: number;
  /** In the measure's own unit, such as minutes; 0 where only the number counts. */
  readonly amount: number;
  /** Of a survey, on the scale of its instrument, decimals as text: scales are never converted into each other. */
  readonly score?: {
    readonly instrument: string;
    readonly min: string;
    readonly max: string;
    readonly value: string;
  };
}

export type MeasuredStep = Step<MeasuredValue>;

/** A countable thing that is no sale, as a timeline: one key is one partner, measure and subject. */
export interface MeasuredData {
  readonly partner: string;
  readonly measure: MeasureName;
  readonly subject: string;
  readonly steps: readonly MeasuredStep[];
  /** The stored facts that it rests on. */
  readonly evidence: readonly { readonly factId: Uuid }[];
}

export type Measured = Published<typeof MEASURED, MeasuredData>;
