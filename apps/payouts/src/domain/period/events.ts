import type {
  PERIOD_CERTIFIED,
  PERIOD_CLOSED,
  PERIOD_SOFT_CLOSED,
  PeriodCertifiedData,
  PeriodCutData,
  RELEASES_TAKEN,
  ReleasesTakenData,
} from '@tributary/contracts';
import {
  type DomainEvent,
  type PeriodKey,
  type StreamName,
  periodPartOf,
  streamOf,
} from '@tributary/kernel';

/** One stream per entity and month: the cut of one month is no business of another. */
export const periodStreamOf = (tenant: string, entity: string, month: PeriodKey): StreamName =>
  streamOf('period', tenant, entity, periodPartOf(month));

/** Cuts commission's entries: what it decides from here on belongs to a later month. */
export type PeriodSoftClosed = DomainEvent<typeof PERIOD_SOFT_CLOSED, PeriodCutData>;
/** The ledger has found a taking of every single release before the soft-close. */
export type ReleasesTaken = DomainEvent<typeof RELEASES_TAKEN, ReleasesTakenData>;
/** Cuts everything else. It carries no figures: what they are follows from where it stands. */
export type PeriodClosed = DomainEvent<typeof PERIOD_CLOSED, PeriodCutData>;
export type PeriodCertified = DomainEvent<typeof PERIOD_CERTIFIED, PeriodCertifiedData>;

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type PeriodEvent = PeriodCertified | PeriodClosed | PeriodSoftClosed | ReleasesTaken;
