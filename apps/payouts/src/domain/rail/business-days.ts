import { type Day, instant, instantOfMs, msOf } from '@tributary/kernel';

const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS_OF_WEEK = 7;
/** Days since 1 January 1970, which was a Thursday. */
const WEEKEND: ReadonlySet<number> = new Set([2, 3]);

/** National holidays on which Brazilian banks are closed, and from which year on. */
const FIXED: readonly (readonly [monthDay: string, since: number])[] = [
  ['01-01', 0],
  ['04-21', 0],
  ['05-01', 0],
  ['09-07', 0],
  ['10-12', 0],
  ['11-02', 0],
  ['11-15', 0],
  ['11-20', 2024],
  ['12-25', 0],
];
/** Days from Easter Sunday: Monday and Tuesday of carnival, Good Friday, Corpus Christi. */
const MOVING = [-48, -47, -2, 60];

const BY_YEAR = new Map<number, ReadonlySet<Day>>();

/** By CMN resolution 4,880 and Law 14,759. Ash Wednesday opens at noon and counts; the last day of the year does too. */
export function bankHolidaysOf(year: number): ReadonlySet<Day> {
  const known = BY_YEAR.get(year);
  if (known) return known;
  const easter = easterOf(year);
  const days = new Set([
    ...FIXED.filter(([, since]) => year >= since).map(
      ([monthDay]) => `${String(year)}-${monthDay}`,
    ),
    ...MOVING.map((offset) => plusDays(easter, offset)),
  ]);
  BY_YEAR.set(year, days);
  return days;
}

const WEEKDAYS_BY_YEAR = new Map<number, readonly Day[]>();

function weekdayHolidaysOf(year: number): readonly Day[] {
  const known = WEEKDAYS_BY_YEAR.get(year);
  if (known) return known;
  const days = [...bankHolidaysOf(year)].filter((day) => !isWeekend(day));
  WEEKDAYS_BY_YEAR.set(year, days);
  return days;
}

/** The Gregorian computus of Meeus, Jones and Butcher. */
export function easterOf(year: number): Day {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const sum = h + l - 7 * m + 114;
  const [month, day] = [Math.floor(sum / 31), (sum % 31) + 1];
  return `${String(year)}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

const noonOf = (day: Day) => instant(`${day}T12:00:00Z`);

export const plusDays = (day: Day, days: number): Day =>
  instantOfMs(msOf(noonOf(day)) + days * DAY_MS).slice(0, 'YYYY-MM-DD'.length);

/** Days since 1 January 1970. */
const numberOf = (day: Day): number => Math.floor(msOf(noonOf(day)) / DAY_MS);

const yearOf = (day: Day): number => Number(day.slice(0, 'YYYY'.length));

const isWeekend = (day: Day): boolean => WEEKEND.has(numberOf(day) % DAYS_OF_WEEK);

export const isBusinessDay = (day: Day): boolean =>
  !isWeekend(day) && !bankHolidaysOf(yearOf(day)).has(day);

/** The day itself, or the next one on which banks are open. */
export function businessDayFrom(day: Day): Day {
  let each = day;
  while (!isBusinessDay(each)) each = plusDays(each, 1);
  return each;
}

/** So many business days later; a day on which banks are closed counts as the next that they are open. */
export function plusBusinessDays(day: Day, days: number): Day {
  let each = businessDayFrom(day);
  for (let left = days; left > 0; left -= 1) each = businessDayFrom(plusDays(each, 1));
  return each;
}

/**
 * Business days that have ended between the two: 0 on the day itself, and on any day before it. Taken from the calendar and not
 * counted one by one: who asks names any day, also one in thousands of years.
 */
export function businessDaysBetween(from: Day, until: Day): number {
  if (until <= from) return 0;
  let count = weekdaysThrough(until) - weekdaysThrough(from);
  for (let year = yearOf(from); year <= yearOf(until); year += 1)
    for (const day of weekdayHolidaysOf(year)) if (day > from && day <= until) count -= 1;
  return count;
}

/** Mondays to Fridays from 1 January 1970 up to the day. */
function weekdaysThrough(day: Day): number {
  const days = numberOf(day) + 1;
  const rest = days % DAYS_OF_WEEK;
  const weekend = [...WEEKEND].filter((each) => each < rest).length;
  return Math.floor(days / DAYS_OF_WEEK) * (DAYS_OF_WEEK - WEEKEND.size) + rest - weekend;
}

/** As reports group them. */
export const AGE_BUCKETS = ['0-1', '2-3', '4-7', '8-30', '>30'] as const;
export type AgeBucket = (typeof AGE_BUCKETS)[number];

export function ageBucketOf(days: number): AgeBucket {
  if (days <= 1) return '0-1';
  if (days <= 3) return '2-3';
  if (days <= 7) return '4-7';
  return days <= 30 ? '8-30' : '>30';
}
