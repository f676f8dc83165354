import { CodedError } from './coded-error';
import { type Instant, instant, instantOfMs, msOf } from './instant';
import type { JsonObject } from './json';

export type PeriodLength = 'month' | 'quarter' | 'year';

/** `2026-03`, `2026-q1` or `2026`: within one length, text order is time order. */
export type PeriodKey = string;

/**
 * A calendar period of a zone, resolved once and stored as data: zone rules change with every release of the tz database,
 * and what was booked in a month must stay in it. `from` belongs to it, `until` to the next.
 */
export interface Period extends JsonObject {
  readonly zone: string;
  readonly key: PeriodKey;
  readonly from: Instant;
  readonly until: Instant;
}

const KEY = /^(\d{4})(?:-(0[1-9]|1[0-2])|-q([1-4]))?$/;
const MONTHS: Readonly<Record<PeriodLength, number>> = { month: 1, quarter: 3, year: 12 };
const FIRST_YEAR = 1970;
const LAST_YEAR = 9998;

const RESOLVED = new Map<string, Period>();
const RESOLVED_LIMIT = 4096;

export function resolvePeriod(zone: string, key: PeriodKey): Period {
  const known = RESOLVED.get(`${zone} ${key}`);
  if (known) return known;
  const { month, length } = read(key);
  const from = instantOfMs(firstMomentOf(zone, monthStart(month)));
  const until = instantOfMs(firstMomentOf(zone, monthStart(month + MONTHS[length])));
  const period = Object.freeze({ zone, key, from, until });
  if (RESOLVED.size >= RESOLVED_LIMIT) RESOLVED.clear();
  RESOLVED.set(`${zone} ${key}`, period);
  return period;
}

/** The period that holds an instant. Judged by the bounds, not by the local date, which may run backwards at a bound. */
export function periodOf(at: Instant, zone: string, length: PeriodLength): Period {
  const local = new Date(localMs(zone, msOf(at)));
  const month = local.getUTCFullYear() * 12 + local.getUTCMonth();
  const period = resolvePeriod(zone, keyOf(month, length));
  return at < period.until ? period : resolvePeriod(zone, shiftPeriodKey(period.key, 1));
}

export const isWithin = (at: Instant, { from, until }: Pick<Period, 'from' | 'until'>): boolean =>
  from <= at && at < until;

export const lengthOfPeriodKey = (key: PeriodKey): PeriodLength => read(key).length;

/** The key so many periods later, or earlier; plain arithmetic, whatever the zone. */
export function shiftPeriodKey(key: PeriodKey, by: number): PeriodKey {
  const { month, length } = read(key);
  return keyOf(month + by * MONTHS[length], length);
}

/** The months of a quarter or a year, in order. */
export function monthKeysOf(key: PeriodKey): PeriodKey[] {
  const { month, length } = read(key);
  return Array.from({ length: MONTHS[length] }, (_, i) => keyOf(month + i, 'month'));
}

/** A period key as it stands in a stream name: `202603`, `2026q1`, `2026`. */
export const periodPartOf = (key: PeriodKey): string => {
  read(key);
  return key.replace('-', '');
};

/**
 * The same local time so many months later; a day that the month does not have becomes its last one. Like the bounds of a
 * period, the answer is stored with what was decided by it.
 */
export function addMonths(at: Instant, months: number, zone: string): Instant {
  const local = new Date(localMs(zone, msOf(at)));
  const target = monthStart(local.getUTCFullYear() * 12 + local.getUTCMonth() + months);
  const lastDay = new Date(target);
  lastDay.setUTCMonth(lastDay.getUTCMonth() + 1, 0);
  const day = Math.min(local.getUTCDate(), lastDay.getUTCDate());
  const timeOfDayMs =
    local.getTime() - Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate());
  return instantOfMs(firstMomentOf(zone, target + (day - 1) * DAY_MS + timeOfDayMs));
}

/** A day of a zone, as `2026-03-12`. */
export type Day = string;

/** The day that the calendar on the wall shows. */
export const dayOf = (at: Instant, zone: string): Day =>
  new Date(localMs(zone, msOf(at))).toISOString().slice(0, 'YYYY-MM-DD'.length);

/** Its first instant; where a clock change skips midnight, that is the change itself. */
export const startOfDay = (day: Day, zone: string): Instant =>
  instantOfMs(firstMomentOf(zone, msOf(instant(`${day}T00:00:00Z`))));

/** The first instant after it, which no longer belongs to it. */
export const endOfDay = (day: Day, zone: string): Instant =>
  startOfDay(addDays(instant(`${day}T00:00:00Z`), 1, 'UTC').slice(0, 'YYYY-MM-DD'.length), zone);

/** The same local time so many days later. */
export const addDays = (at: Instant, days: number, zone: string): Instant =>
  instantOfMs(firstMomentOf(zone, localMs(zone, msOf(at)) + days * DAY_MS));

/** What a zone's clocks are ahead of UTC, from an instant on. */
export interface ZoneOffset extends JsonObject {
  readonly from: Instant;
  readonly offsetMs: number;
}

/**
 * The rules of a zone for a while, as data: whoever may not ask for them, or must get the same answer for ever, is told. The
 * first one stands at `from`.
 */
export function zoneOffsets(zone: string, from: Instant, until: Instant): readonly ZoneOffset[] {
  const name = `${zone} ${from} ${until}`;
  const known = OFFSETS.get(name);
  if (known) return known;
  const offsets = findOffsets(zone, from, until);
  if (OFFSETS.size >= RESOLVED_LIMIT) OFFSETS.clear();
  OFFSETS.set(name, Object.freeze(offsets));
  return offsets;
}

const OFFSETS = new Map<string, readonly ZoneOffset[]>();
/** No zone has changed its clocks twice within a week. */
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

function findOffsets(zone: string, from: Instant, until: Instant): ZoneOffset[] {
  const offsetAt = (atMs: number): number => localMs(zone, atMs) - atMs;
  const offsets = [{ from, offsetMs: offsetAt(msOf(from)) }];
  const endMs = msOf(until);
  for (let weekMs = msOf(from); weekMs < endMs; weekMs += WEEK_MS) {
    const last = offsets.at(-1) as ZoneOffset;
    let [low, high] = [weekMs, Math.min(weekMs + WEEK_MS, endMs)];
    if (offsetAt(high) === last.offsetMs) continue;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offsetAt(middle) === last.offsetMs) low = middle;
      else high = middle;
    }
    offsets.push({ from: instantOfMs(high), offsetMs: offsetAt(high) });
  }
  return offsets;
}

/** Months are counted from year 0, so that adding them is adding. */
function read(key: PeriodKey): { month: number; length: PeriodLength } {
  const [, year, month, quarter] = KEY.exec(key) ?? [];
  if (year === undefined || Number(year) < FIRST_YEAR || Number(year) > LAST_YEAR)
    throw invalid(key);
  const january = Number(year) * 12;
  if (month !== undefined) return { month: january + Number(month) - 1, length: 'month' };
  if (quarter !== undefined)
    return { month: january + (Number(quarter) - 1) * 3, length: 'quarter' };
  return { month: january, length: 'year' };
}

function keyOf(month: number, length: PeriodLength): PeriodKey {
  const year = Math.floor(month / 12);
  if (!Number.isSafeInteger(month) || year < FIRST_YEAR || year > LAST_YEAR)
    throw invalid(`year ${year}`);
  if (length === 'year') return String(year);
  const ofYear = month - year * 12;
  if (length === 'quarter') return `${year}-q${Math.floor(ofYear / 3) + 1}`;
  return `${year}-${String(ofYear + 1).padStart(2, '0')}`;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The wall clock is counted in milliseconds as if it stood in UTC. */
const monthStart = (month: number): number =>
  Date.UTC(Math.floor(month / 12), ((month % 12) + 12) % 12, 1);

/**
 * The first instant at which a zone's wall clock shows this time or a later one: where a clock change skips it, that is the
 * change itself; where a clock change repeats it, the first time.
 */
function firstMomentOf(zone: string, wallMs: number): number {
  const before = wallMs - DAY_MS;
  const after = wallMs + DAY_MS;
  const candidates = [before, after]
    .map((near) => wallMs - (localMs(zone, near) - near))
    .filter((atMs) => localMs(zone, atMs) === wallMs);
  if (candidates.length > 0) return Math.min(...candidates);

  let [low, high] = [before, after];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (localMs(zone, middle) >= wallMs) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * What a clock on the wall shows. The kernel's only use of `Intl`: the rules of zones live nowhere else, and the answer is
 * stored as data by whoever asked, never resolved again.
 */
function localMs(zone: string, atMs: number): number {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of clockOf(zone).formatToParts(atMs)) parts[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
  const ms = ((atMs % 1000) + 1000) % 1000;
  return Date.UTC(year, month - 1, day, hour, minute, second, ms);
}

const CLOCKS = new Map<string, Intl.DateTimeFormat>();
const CLOCKS_LIMIT = 1024;
/** Area and place, or UTC: an offset like +03:00 knows no clock change and is no zone. */
const ZONE = /^(?:UTC|[A-Z][A-Za-z]+(?:\/[A-Za-z0-9_+-]+)+)$/;

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = CLOCKS.get(zone);
  if (known) return known;
  if (!ZONE.test(zone)) throw unknownZone(zone);
  let clock: Intl.DateTimeFormat;
  try {
    clock = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (error) {
    throw unknownZone(zone, error);
  }
  if (CLOCKS.size >= CLOCKS_LIMIT) CLOCKS.clear();
  CLOCKS.set(zone, clock);
  return clock;
}

const unknownZone = (zone: string, cause?: unknown): CodedError =>
  new CodedError(
    'unknown_zone',
    `Not a zone of the IANA time zone database: ${zone}`,
    { zone },
    { cause },
  );

const invalid = (key: string): CodedError =>
  new CodedError(
    'invalid_period',
    `Not a month, quarter or year from ${FIRST_YEAR} to ${LAST_YEAR}: ${key}`,
    { key },
  );
