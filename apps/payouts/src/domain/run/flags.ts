import { type Instant, msOf } from '@tributary/kernel';
import type { ReservedAnswer } from './commands';
import type { Flag } from './events';

const DETAILS_SETTLE_MS = 3 * 24 * 60 * 60 * 1000;
const TIMES_THE_MEDIAN = 3n;

/** What can be said of an item by itself; whether its place is shared is known once the others have answered. */
export function flagsOf({ reserved, recent }: ReservedAnswer, at: Instant): readonly Flag[] {
  const { gross, isFirst, method } = reserved;
  const flags: Flag[] = [];
  if (isAboveUsual(BigInt(gross), recent.map(BigInt))) flags.push('above_usual');
  if (isFirst) flags.push('first_payment');
  if (msOf(at) - msOf(method.changedAt) < DETAILS_SETTLE_MS) flags.push('recent_details');
  return flags;
}

/** Doubled, because the median of an even number of amounts may be half a unit. Who was never paid has no usual amount. */
export function isAboveUsual(gross: bigint, recent: readonly bigint[]): boolean {
  if (recent.length === 0) return false;
  const sorted = [...recent].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0n;
  const lower = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? 0n) : upper;
  return 2n * gross > TIMES_THE_MEDIAN * (lower + upper);
}
