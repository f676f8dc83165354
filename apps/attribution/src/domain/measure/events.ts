import type { MeasuredData } from '@tributary/contracts';
import {
  type DomainEvent,
  type StreamName,
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

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. The whole timeline, as it now stands. */
export type MeasureRevised = DomainEvent<'MeasureRevised', MeasuredData>;
export type MeasureEvent = MeasureRevised;
