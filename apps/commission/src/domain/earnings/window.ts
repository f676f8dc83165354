import {
  type Instant,
  type Period,
  type PeriodKey,
  type StreamName,
  type ZoneOffset,
  addMonths,
  idsOf,
  lengthOfPeriodKey,
  monthKeysOf,
  periodOf,
  periodPartOf,
  resolvePeriod,
  streamOf,
  uuidV5,
  withoutDashes,
  zoneOffsets,
} from '@tributary/kernel';
import type { CommissionKey } from '@tributary/contracts';
import type { WindowLength } from '../../../engines/v1/plan';
import { MOST_MONTHS_OF_DURATION } from '../plan/plan-document';

/** What one partner earns under one plan, of the sales that were paid in one period of the plan's zone. */
export interface WindowId {
  readonly partner: string;
  readonly plan: string;
  /** `2026-03`, `2026-q1` or `2026`. */
  readonly window: PeriodKey;
}

export const earningsStreamOf = (tenant: string, { partner, plan, window }: WindowId): StreamName =>
  streamOf('earnings', tenant, partner, plan, periodPartOf(window));

export function windowOfStream(stream: StreamName): WindowId {
  const [partner = '', plan = '', part = ''] = idsOf(stream);
  const window = part.length === 4 ? part : `${part.slice(0, 4)}-${part.slice(4)}`;
  return { partner, plan, window };
}

const LENGTHS = {
  calendar_month: 'month',
  calendar_quarter: 'quarter',
  calendar_year: 'year',
} as const satisfies Record<WindowLength, string>;

/** The window that a payment falls into, by the length and the zone that its plan was given with its first version. */
export const windowAt = (paidAt: Instant, zone: string, length: WindowLength): PeriodKey =>
  periodOf(paidAt, zone, LENGTHS[length]).key;

/** As it is resolved when the window opens, and stored: zone rules change later. */
export interface WindowCalendar {
  readonly window: Period;
  readonly months: readonly Period[];
  readonly offsets: readonly ZoneOffset[];
}

/** Holds look so far ahead; durations look back as far as a plan may name them. */
const MONTHS_AFTER = 12;

export function calendarOf(window: PeriodKey, zone: string): WindowCalendar {
  const period = resolvePeriod(zone, window);
  const keys = lengthOfPeriodKey(window) === 'month' ? [window] : monthKeysOf(window);
  return {
    window: period,
    months: keys.map((key) => resolvePeriod(zone, key)),
    offsets: zoneOffsets(
      zone,
      addMonths(period.from, -MOST_MONTHS_OF_DURATION, zone),
      addMonths(period.until, MONTHS_AFTER, zone),
    ),
  };
}

/** The name of a line in routes, the same whatever becomes of it. */
export function lineIdOf({ partner, plan, window }: WindowId, key: CommissionKey): string {
  const parts =
    'window' in key
      ? ['bonus', key.rule, key.window]
      : [key.sale, key.payment, key.line, key.rule ?? '', key.child ?? ''];
  return withoutDashes(uuidV5('commission-line', partner, plan, window, ...parts));
}

/** Everything that is posted for one payment line, or for one bonus, stands together. */
export function groupOf(key: CommissionKey): string {
  if ('window' in key) return `bonus ${key.rule} ${key.window}`;
  const { sale, payment, line, child = '' } = key;
  return lineGroupOf({ sale, payment, line }, child);
}

export const lineGroupOf = (
  {
    sale,
    payment,
    line,
  }: { readonly sale: string; readonly payment: string; readonly line: string },
  child: string | null,
): string => `line ${child ?? ''} ${sale} ${payment} ${line}`;
