import type { JsonObject, Period } from '@tributary/kernel';

/**
 * The two cuts of a month, as payouts stores them in `period-<tenant>.<entity>.<yyyymm>`. Stored, not published: the ledger, which
 * reads the whole log, derives from where they stand there to which month each entry belongs.
 */
export const PERIOD_SOFT_CLOSED = 'PeriodSoftClosed';
export const PERIOD_CLOSED = 'PeriodClosed';

/** The cut itself is the event's place in the log; nothing here is a figure. */
export interface PeriodCutData extends JsonObject {
  readonly entity: string;
  /** The month with its bounds as they were resolved when it was cut, so that a later change of zone rules moves nothing. */
  readonly period: Period;
}
