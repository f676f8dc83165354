import { type Instant, type JsonObject, instant, instantOfMs, msOf } from '@tributary/kernel';

const AHEAD_MS = 24 * 60 * 60 * 1000;

/** Fields of the data that say when money moved; they decide rather than the event's own time. */
const DATES = ['paidAt', 'refundedAt', 'effectiveAt'] as const;

/** More than a day ahead of our clock. Such a fact is taken, and counts from its own day on. */
export function isFutureDated(
  { occurredAt, data }: { readonly occurredAt: Instant; readonly data: JsonObject },
  now: Instant,
): boolean {
  const limit = instantOfMs(msOf(now) + AHEAD_MS);
  if (occurredAt > limit) return true;
  return DATES.some((field) => {
    const value = data[field];
    return typeof value === 'string' && instant(value) > limit;
  });
}
