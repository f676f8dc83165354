import type { QualificationData, QualificationValue } from '@tributary/contracts';
import { type DomainEvent, type StreamName, streamOf } from '@tributary/kernel';
import type { Change } from '../history';

export const qualificationStreamOf = (
  tenant: string,
  partner: string,
  kind: string,
  record: string,
): StreamName => streamOf('qualification', tenant, partner, kind, record);

/** What changed since when, and the whole timeline as it now stands. */
type Told = Change<QualificationValue> & QualificationData & { readonly by: string };

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type QualificationGranted = DomainEvent<'QualificationGranted', Told>;
export type QualificationWithdrawn = DomainEvent<
  'QualificationWithdrawn',
  Told & { readonly reason: string }
>;

export type QualificationEvent = QualificationGranted | QualificationWithdrawn;
