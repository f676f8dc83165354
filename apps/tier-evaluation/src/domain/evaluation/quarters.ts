import {
  type Instant,
  type Period,
  addMonths,
  isWithin,
  periodOf,
  resolvePeriod,
  shiftPeriodKey,
} from '@tributary/kernel';

// Asking a calendar costs more than everything else that an evaluation does, and most ask about the same few times.
const MOST_REMEMBERED = 4_096;
const QUARTERS = new Map<string, Period>();
const LATER = new Map<string, Instant>();

export function quarterOf(at: Instant, zone: string): Period {
  const last = QUARTERS.get(zone);
  if (last !== undefined && isWithin(at, last)) return last;
  const found = periodOf(at, zone, 'quarter');
  return remembered(QUARTERS, zone, found);
}

/** The last one that is over. */
export const quarterBefore = (at: Instant, zone: string): Period =>
  resolvePeriod(zone, shiftPeriodKey(quarterOf(at, zone).key, -1));

/** Beyond this, what ends so many months later never ends: no time stands for it. */
const LATEST = '9900-01-01T00:00:00.000Z' as Instant;
const END = '9999-12-31T23:59:59.999Z' as Instant;

export function monthsAfter(at: Instant, months: number, zone: string): Instant {
  if (at >= LATEST) return END;
  const name = `${at} ${months} ${zone}`;
  return LATER.get(name) ?? remembered(LATER, name, addMonths(at, months, zone));
}

function remembered<V>(known: Map<string, V>, name: string, value: V): V {
  if (known.size >= MOST_REMEMBERED) known.clear();
  known.set(name, value);
  return value;
}
