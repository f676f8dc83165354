import { CodedError } from './coded-error';

/** A point in time as `2026-03-31T02:59:59.999Z`: UTC, milliseconds, so that text order is time order. */
export type Instant = string & { readonly __instant: true };

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

const YEAR_1_MS = Date.parse('0001-01-01T00:00:00.000Z');
const YEAR_10000_MS = Date.UTC(10_000, 0, 1);

/** Reads RFC 3339 with its offset. Digits beyond milliseconds are cut, never rounded into the next one. */
export function instant(text: string): Instant {
  // As nearly all are sent: there is nothing to convert.
  const utc = text.length === 20 && text.endsWith('Z') ? `${text.slice(0, -1)}.000Z` : text;
  if (isInstant(utc)) return utc;
  const match = RFC3339.exec(text);
  if (!match) throw invalid(text);
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second,
    fraction = '',
    sign,
    offsetHour = '0',
    offsetMinute = '0',
  ] = match;
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const local = new Date(0);
  local.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  local.setUTCHours(Number(hour), Number(minute), Number(second), ms);
  // A date that does not exist rolls over, so writing it back shows the lie.
  if (local.toISOString().slice(0, 19) !== text.slice(0, 19).toUpperCase()) throw invalid(text);
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) throw invalid(text);
  const offsetMs = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000;
  const epochMs = local.getTime() + (sign === '-' ? offsetMs : -offsetMs);
  if (!isRepresentable(epochMs)) throw invalid(text);
  return new Date(epochMs).toISOString() as Instant;
}

/** Years outside 1 to 9999 have another length as text, or are not known to PostgreSQL, which counts from the year 1. */
const isRepresentable = (epochMs: number): boolean =>
  Number.isSafeInteger(epochMs) && epochMs >= YEAR_1_MS && epochMs < YEAR_10000_MS;

const MINUTE_MS = 60_000;
const SECONDS = Array.from({ length: 60 }, (_, n) => `${String(n).padStart(2, '0')}.`);
const MILLISECONDS = Array.from({ length: 1000 }, (_, n) => `${String(n).padStart(3, '0')}Z`);
let minuteMs = 0;
let minute = '1970-01-01T00:00:';

/** Neighbours in time share a minute, and writing out its date costs far more than the rest: so the last one is kept. */
export function instantOfMs(epochMs: number): Instant {
  if (!isRepresentable(epochMs)) throw invalid(String(epochMs));
  let restMs = epochMs - minuteMs;
  if (!(restMs >= 0 && restMs < MINUTE_MS)) {
    minuteMs = Math.floor(epochMs / MINUTE_MS) * MINUTE_MS;
    minute = new Date(minuteMs).toISOString().slice(0, -7);
    restMs = epochMs - minuteMs;
  }
  const second = Math.floor(restMs / 1000);
  return `${minute}${SECONDS[second]}${MILLISECONDS[restMs - second * 1000]}` as Instant;
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
