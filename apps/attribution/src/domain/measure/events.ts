import type { MeasuredData, MeasuredValue } from '@tributary/contracts';
import {
  type DomainEvent,
  type Instant,
  type StreamName,
  type Uuid,
  streamOf,
  uuidV5,
  withoutDashes,
} from '@tributary/kernel';

/** One stream per countable thing: what was measured, of whom, on which subject. */
export const measureStreamOf = (
  tenant: string,
  partner: string,
  measure: string,
  subject: string,
): StreamName =>
  streamOf('measure', tenant, withoutDashes(uuidV5('measure', tenant, partner, measure, subject)));

/** One report of the thing. */
export interface Observation {
  readonly factId: Uuid;
  readonly at: Instant;
  readonly value: MeasuredValue;
}

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. The whole timeline, as it now stands. */
export type MeasureRevised = DomainEvent<
  'MeasureRevised',
  MeasuredData & {
    /** What the timeline is made of, so that a retraction can fall back on the next report. Not told to others. */
    readonly observations: readonly Observation[];
  }
>;
export type MeasureEvent = MeasureRevised;
