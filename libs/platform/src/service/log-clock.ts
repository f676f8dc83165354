import type { EventLog } from '@tributary/event-log';
import type { Feeds } from '@tributary/feeds';
import type { Instant } from '@tributary/kernel';
import type { Database } from '@tributary/postgres';

/** A moment of our clock, a position, or both: then whichever comes first in the log. */
export interface PointAsked {
  readonly known?: Instant | undefined;
  readonly position?: bigint | undefined;
  readonly timeoutMs: number;
}

/** Where the log is cut for an answer: what stands up to `position` counts, and nothing after it, whoever answers. */
export interface LogPoint {
  /** As it was asked, else when the last event up to there became known; null before the first. */
  readonly known: Instant | null;
  readonly position: bigint;
  /** The last leaf up to there, and the first signed checkpoint that covers it; null as long as the log is not sealed, or not signed, that far. */
  readonly leaf: number | null;
  readonly checkpoint: { readonly size: number; readonly root: string } | null;
}

/**
 * Where the log stood at a moment. Clocks of writers disagree, so this takes knowing when every event of the whole log was recorded:
 * the ledger knows, and all others ask it. Undefined: it has not read that far within the time.
 */
export type LogClock = (asked: PointAsked) => Promise<LogPoint | undefined>;

/** What a clock is made of. */
export interface ClockMeans {
  readonly log: EventLog;
  readonly database: Database;
  readonly feeds: Pick<Feeds, 'waitUntil'>;
}
