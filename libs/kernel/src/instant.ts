import { CodedError } from './coded-error';

/** A point in time as `2026-03-31T02:59:59.999Z`: UTC, milliseconds, so that text order is time order. */
export type Instant = string & { readonly __instant: true };

const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

const YEAR_1_MS = Date.parse('0001-01-01T00:00:00.000Z');
const YEAR_10000_MS = Date.UTC(10_000, 0, 1);

/** Reads RFC 3339 with its offset. Digits beyond milliseconds are cut, never rounded into the next one. */
export function instant(text: string): Instant {
  if (isInstant(text)) return text;
  const epochMs = RFC3339.test(text) ? epochMsOf(text) : undefined;
  if (epochMs === undefined || !isRepresentable(epochMs)) throw invalid(text);
  return instantOfMs(epochMs);
}

/** The calendar repeats itself after so many years, and `Date.UTC` takes years below 100 for others. */
const CYCLE_YEARS = 400;
const CYCLE_MS = 146_097 * 24 * 60 * 60 * 1000;

/**
 * Of text that has the form of RFC 3339; undefined when no calendar or clock has such a moment. Digit by digit, because this is
 * done for each time in every fact of upstream, and groups of an expression would cost several times as much.
 */
function epochMsOf(text: string): number | undefined {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2) + CYCLE_YEARS;
  const [month, day] = [twoDigits(text, 5), twoDigits(text, 8)];
  const [hour, minute, second] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)];
  if (month < 1 || month > 12 || day < 1) return undefined;
  if (day > 28 && day > daysOf(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const fractionEnd = text.length - (isUtc(text) ? 1 : OFFSET_LENGTH);
  const ms =
    fractionEnd === 19 ? 0 : Number(text.slice(20, Math.min(fractionEnd, 23)).padEnd(3, '0'));
  const local = Date.UTC(year, month - 1, day, hour, minute, second, ms) - CYCLE_MS;
  if (isUtc(text)) return local;
  const [offsetHour, offsetMinute] = [
    twoDigits(text, fractionEnd + 1),
    twoDigits(text, fractionEnd + 4),
  ];
  if (offsetHour > 23 || offsetMinute > 59) return undefined;
  const offsetMs = (offsetHour * 60 + offsetMinute) * MINUTE_MS;
  return text[fractionEnd] === '-' ? local + offsetMs : local - offsetMs;
}

/** As in `-03:00`. */
const OFFSET_LENGTH = 6;
const ZERO = 48;

const isUtc = (text: string): boolean => text.endsWith('Z') || text.endsWith('z');

const twoDigits = (text: string, at: number): number =>
  (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO;

const daysOf = (year: number, month: number): number =>
  new Date(Date.UTC(year, month, 0)).getUTCDate();

/** Years outside 1 to 9999 have another length as text, or are not known to PostgreSQL, which counts from the year 1. */
const isRepresentable = (epochMs: number): boolean =>
  Number.isSafeInteger(epochMs) && epochMs >= YEAR_1_MS && epochMs < YEAR_10000_MS;

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const twoPlaces = (n: number): string => String(n).padStart(2, '0');
const MINUTES = Array.from(
  { length: 24 * 60 },
  (_, n) => `${twoPlaces(Math.floor(n / 60))}:${twoPlaces(n % 60)}:`,
);
const SECONDS = Array.from({ length: 60 }, (_, n) => `${twoPlaces(n)}.`);
const MILLISECONDS = Array.from({ length: 1000 }, (_, n) => `${String(n).padStart(3, '0')}Z`);
let dayMs = 0;
let day = '1970-01-01T';

/** Neighbours in time share a day, and writing out its date costs far more than the rest: so the last one is kept. */
export function instantOfMs(epochMs: number): Instant {
  if (!isRepresentable(epochMs)) throw invalid(String(epochMs));
  let restMs = epochMs - dayMs;
  if (!(restMs >= 0 && restMs < DAY_MS)) {
    dayMs = Math.floor(epochMs / DAY_MS) * DAY_MS;
    day = new Date(dayMs).toISOString().slice(0, 11);
    restMs = epochMs - dayMs;
  }
  const minute = Math.floor(restMs / MINUTE_MS);
  restMs -= minute * MINUTE_MS;
  const second = Math.floor(restMs / 1000);
  return `${day}${MINUTES[minute]}${SECONDS[second]}${MILLISECONDS[restMs - second * 1000]}` as Instant;
}

const NORMAL =
  /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** Whether a value is an instant exactly as we write it. Every event asks, and only the ends of months need a calendar. */
export function isInstant(value: unknown): value is Instant {
  if (typeof value !== 'string' || !NORMAL.test(value)) return false;
  if (value.slice(8, 10) <= '28') return true;
  const epochMs = Date.parse(value);
  return isRepresentable(epochMs) && new Date(epochMs).toISOString() === value;
}

export const msOf = (at: Instant): number => Date.parse(at);

export const laterOf = (a: Instant, b: Instant): Instant => (a >= b ? a : b);

function invalid(text: string): CodedError {
  return new CodedError(
    'invalid_instant',
    `Not a point in time with an offset (RFC 3339): ${text}`,
    { text },
  );
}
