import type { ClaimSettings } from '@tributary/contracts';
import {
  type Day,
  type Instant,
  addDays,
  dayOf,
  instant,
  msOf,
  startOfDay,
} from '@tributary/kernel';

const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS_OF_WEEK = 7;
/** Days since 1 January 1970, which was a Thursday. */
const WEEKEND: ReadonlySet<number> = new Set([2, 3]);

type Calendar = Pick<ClaimSettings, 'decisionBusinessDays' | 'holidays'> & {
  readonly zone: string;
};

/**
 * The first instant at which a decision is late: that of the business day after the last one on which it is in time. The day of the
 * registration itself does not count, however early it was.
 */
export function decideBy(
  registeredAt: Instant,
  { zone, decisionBusinessDays, holidays }: Calendar,
): Instant {
  const closed = new Set(holidays);
  let day = dayOf(registeredAt, zone);
  for (let left = decisionBusinessDays + 1; left > 0;) {
    day = dayAfter(day);
    if (!closed.has(day) && !isWeekend(day)) left -= 1;
  }
  return startOfDay(day, zone);
}

const noonOf = (day: Day): Instant => instant(`${day}T12:00:00Z`);

const dayAfter = (day: Day): Day => dayOf(addDays(noonOf(day), 1, 'UTC'), 'UTC');

const isWeekend = (day: Day): boolean =>
  WEEKEND.has(Math.floor(msOf(noonOf(day)) / DAY_MS) % DAYS_OF_WEEK);
