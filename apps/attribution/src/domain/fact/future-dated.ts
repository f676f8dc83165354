import { type Instant, type JsonObject, instant, instantOfMs, msOf } from '@tributary/kernel';

const AHEAD_MS = 24 * 60 * 60 * 1000;

/** Fields of the data that say when money moved; they decide rather than the event's own time. */
const DATES = ['paidAt', 'refundedAt', 'effectiveAt'] as const;

/** What lies behind this is future-dated: a day ahead of our clock. Asked for once where many facts are judged. */
export const futureFrom = (now: Instant): Instant => instantOfMs(msOf(now) + AHEAD_MS);

/** More than a day ahead of our clock. Such a fact is taken, and counts from its own day on. */
export function isFutureDated(
  { occurredAt, data }: { readonly occurredAt: Instant; readonly data: JsonObject },
  future: Instant,
): boolean {
  if (occurredAt > future) return true;
  for (const field of DATES) {
    const value = data[field];
    if (typeof value === 'string' && instant(value) > future) return true;
  }
  return false;
}
