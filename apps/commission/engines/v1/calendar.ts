import { CodedError, type Instant } from '@tributary/kernel';
import type { WindowPeriod, ZoneOffset } from './facts';
import type { WindowLength } from './plan';

/**
 * The arithmetic of calendars in whole milliseconds, without the platform's: `Date` and `Intl` know a clock, and the rules of
 * zones change with every release. Zones come as told offsets instead.
 */
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ZERO = 48;

/** Whole quotient, towards minus infinity. */
const quotient = (a: number, b: number): number => (a - (((a % b) + b) % b)) / b;

/** Days since 1970-01-01 in the Gregorian calendar; months count from 1. Years run from March, so that leap days come last. */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = quotient(y, 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = quotient(153 * (month + (month > 2 ? -3 : 9)) + 2, 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + quotient(yearOfEra, 4) - quotient(yearOfEra, 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

interface CivilDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

function civilOf(days: number): CivilDay {
  const shifted = days + 719_468;
  const era = quotient(shifted, 146_097);
  const dayOfEra = shifted - era * 146_097;
  const leaps = quotient(dayOfEra, 1460) - quotient(dayOfEra, 36_524) + quotient(dayOfEra, 146_096);
  const yearOfEra = quotient(dayOfEra - leaps, 365);
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + quotient(yearOfEra, 4) - quotient(yearOfEra, 100));
  const fromMarch = quotient(5 * dayOfYear + 2, 153);
  const day = dayOfYear - quotient(153 * fromMarch + 2, 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let i = from; i < from + count; i++) value = value * 10 + text.charCodeAt(i) - ZERO;
  return value;
}

/** Of an instant exactly as we write it, `2026-03-31T02:59:59.999Z`. */
export const msOfInstant = (at: Instant): number =>
  daysOf(digits(at, 0, 4), digits(at, 5, 2), digits(at, 8, 2)) * DAY +
  digits(at, 11, 2) * HOUR +
  digits(at, 14, 2) * MINUTE +
  digits(at, 17, 2) * SECOND +
  digits(at, 20, 3);

const pad = (value: number, length: number): string => String(value).padStart(length, '0');

export function instantOf(ms: number): Instant {
  const days = quotient(ms, DAY);
  const rest = ms - days * DAY;
  const { year, month, day } = civilOf(days);
  const time = `${pad(quotient(rest, HOUR), 2)}:${pad(quotient(rest % HOUR, MINUTE), 2)}`;
  const seconds = `${pad(quotient(rest % MINUTE, SECOND), 2)}.${pad(rest % SECOND, 3)}`;
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${time}:${seconds}Z` as Instant;
}

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** What a plan writes, with its offset. */
export function msOfText(text: string): number {
  const match = RFC3339.exec(text);
  if (match === null)
    throw new CodedError('invalid_instant', `Not a point in time with an offset: ${text}`, {
      text,
    });
  const [, fraction = '', sign, hours = '0', minutes = '0'] = match;
  const wall = msOfInstant(
    `${text.slice(0, 19)}.${fraction.slice(0, 3).padEnd(3, '0')}Z` as Instant,
  );
  const offset = Number(hours) * HOUR + Number(minutes) * MINUTE;
  return sign === '-' ? wall + offset : wall - offset;
}

/** A clock on the wall is counted in milliseconds as if it stood in UTC. */
interface Clock {
  readonly fromMs: number;
  readonly offsetMs: number;
}

const CLOCKS = new WeakMap<readonly ZoneOffset[], readonly Clock[]>();

function clocksOf(offsets: readonly ZoneOffset[]): readonly Clock[] {
  const known = CLOCKS.get(offsets);
  if (known !== undefined) return known;
  const clocks = offsets.map(({ from, offsetMs }) => ({ fromMs: msOfInstant(from), offsetMs }));
  CLOCKS.set(offsets, clocks);
  return clocks;
}

/** Before the first that was told, the first holds. */
function offsetAt(clocks: readonly Clock[], ms: number): number {
  for (let i = clocks.length - 1; i > 0; i--) {
    const { fromMs, offsetMs } = clocks[i] as Clock;
    if (fromMs <= ms) return offsetMs;
  }
  return clocks[0]?.offsetMs ?? 0;
}

/** The first instant at which the wall shows this time, or a later one where a clock change skips it. */
function firstMomentOf(clocks: readonly Clock[], wallMs: number): number {
  let first = Infinity;
  for (const { offsetMs } of clocks) {
    const ms = wallMs - offsetMs;
    if (ms < first && offsetAt(clocks, ms) === offsetMs) first = ms;
  }
  if (first !== Infinity) return first;
  for (const { fromMs, offsetMs } of clocks)
    if (fromMs + offsetMs > wallMs && fromMs < first) first = fromMs;
  return first === Infinity ? wallMs : first;
}

/** The same local time so many days later. */
export function addDays(at: Instant, days: number, offsets: readonly ZoneOffset[]): Instant {
  const ms = msOfInstant(at);
  const clocks = clocksOf(offsets);
  if (clocks.length <= 1) return instantOf(ms + days * DAY);
  return instantOf(firstMomentOf(clocks, ms + offsetAt(clocks, ms) + days * DAY));
}

/** The same local time so many months later; a day that the month does not have becomes its last one. */
export function addMonths(at: Instant, months: number, offsets: readonly ZoneOffset[]): Instant {
  const clocks = clocksOf(offsets);
  const ms = msOfInstant(at);
  const wallMs = ms + offsetAt(clocks, ms);
  const days = quotient(wallMs, DAY);
  const { year, month, day } = civilOf(days);
  const target = year * 12 + month - 1 + months;
  const [toYear, toMonth] = [quotient(target, 12), (target % 12) + 1];
  const afterwards = toMonth === 12 ? daysOf(toYear + 1, 1, 1) : daysOf(toYear, toMonth + 1, 1);
  const length = afterwards - daysOf(toYear, toMonth, 1);
  const toDays = daysOf(toYear, toMonth, day > length ? length : day);
  const wall = toDays * DAY + wallMs - days * DAY;
  return instantOf(clocks.length === 0 ? wall : firstMomentOf(clocks, wall));
}

/** The period of that length, inside the window, that holds an instant. `2026-03` is in `2026-q1`, and that in `2026`. */
export function periodKeyAt(
  at: Instant,
  length: WindowLength,
  months: readonly WindowPeriod[],
): string {
  for (let i = months.length - 1; i >= 0; i--) {
    const { key, from } = months[i] as WindowPeriod;
    if (from <= at) return periodKeyOf(key, length);
  }
  throw new CodedError('outside_window', `No month of the window holds ${at}.`, { at });
}

function periodKeyOf(month: string, length: WindowLength): string {
  if (length === 'calendar_month') return month;
  const year = month.slice(0, 4);
  return length === 'calendar_year' ? year : `${year}-q${quotient(digits(month, 5, 2) + 2, 3)}`;
}

/** The periods of that length in the window, with their bounds. */
export function periodsOf(
  length: WindowLength,
  months: readonly WindowPeriod[],
): readonly WindowPeriod[] {
  const periods = new Map<string, WindowPeriod>();
  for (const { key: month, from, until } of months) {
    const key = periodKeyOf(month, length);
    periods.set(key, { key, from: periods.get(key)?.from ?? from, until });
  }
  return [...periods.values()];
}
