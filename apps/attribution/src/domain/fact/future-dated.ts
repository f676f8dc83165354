import {
  type Instant,
  type JsonObject,
  instant,
  instantOfMs,
  laterOf,
  msOf,
} from '@tributary/kernel';

const AHEAD_MS = 24 * 60 * 60 * 1000;

/** Fields of the data that say when money moved, or what was used of it; they decide rather than the event's own time. */
const DATES = ['paidAt', 'refundedAt', 'effectiveAt', 'periodEnd'] as const;

/** What lies behind this is future-dated: a day ahead of our clock, because clocks differ. Asked for once where many facts are judged. */
export const futureFrom = (now: Instant): Instant => instantOfMs(msOf(now) + AHEAD_MS);

/** Of a fact that is more than a day ahead of our clock the time that it waits for: it is taken, and counts from then on. */
export function waitsUntil(
  { occurredAt, data }: { readonly occurredAt: Instant; readonly data: JsonObject },
  future: Instant,
): Instant | undefined {
  let latest = occurredAt;
  for (const field of DATES) {
    const value = data[field];
    if (typeof value === 'string') latest = laterOf(latest, instant(value));
  }
  return latest > future ? latest : undefined;
}
