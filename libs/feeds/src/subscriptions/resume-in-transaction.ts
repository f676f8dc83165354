import type { Database, Queryable } from '@tributary/postgres';
import { isDataError, reasonOf } from '../failure';
import { type Feed, type FeedEvent, follows } from '../feed';
import {
  closeParked,
  type Closing,
  findParked,
  insertParked,
  lockSubscription,
  type Parked,
} from './parking';

export interface ResumeReport {
  /** Events that were applied. */
  readonly applied: number;
  /** The code of what stopped it again, if anything did. */
  readonly parkedAgain: string | undefined;
}

export interface Resumable {
  readonly name: string;
  readonly feed: Feed;
  readonly types: readonly string[];
}

/** The events of a parked stream that its subscription has passed over; without the first one when that is discarded. */
export async function eventsBehind(
  { feed, types }: Resumable,
  parked: Parked,
  after: bigint,
  through: bigint,
): Promise<FeedEvent[]> {
  const events: FeedEvent[] = [];
  for await (const event of feed.readStream(parked.stream, after + 1n)) {
    if (event.position > through) break;
    if (follows(types, event.type)) events.push(event);
  }
  return events;
}

/**
 * Applies a parked event and all that queued behind it, in order, while the owner of the subscription cannot commit. What fails
 * again is parked again, with what came before it applied.
 */
export function resumeInTransaction(
  database: Database,
  resumable: Resumable,
  stream: string,
  closing: Closing,
  applyAll: (tx: Queryable, events: readonly FeedEvent[]) => Promise<void>,
): Promise<ResumeReport> {
  return database.transaction(async (tx) => {
    const through = await lockSubscription(tx, resumable.name);
    const parked = await findParked(tx, resumable.name, stream);
    const after = closing.status === 'discarded' ? parked.revision : parked.revision - 1n;
    const events = await eventsBehind(resumable, parked, after, through);

    await closeParked(tx, parked, closing);
    if ((await tried(tx, () => applyAll(tx, events))) === undefined)
      return { applied: events.length, parkedAgain: undefined };

    for (const [i, event] of events.entries()) {
      const failure = await tried(tx, () => applyAll(tx, [event]));
      if (failure === undefined) continue;
      const why = reasonOf(failure, 'projection_failed');
      await insertParked(tx, resumable.name, { event, why }, events.length - i - 1);
      return { applied: i, parkedAgain: why.code };
    }
    return { applied: events.length, parkedAgain: undefined };
  });
}

/** The failure, after which the transaction is as it was before. */
async function tried(tx: Queryable, work: () => Promise<void>): Promise<unknown> {
  await tx.query('savepoint attempt');
  try {
    await work();
    await tx.query('release savepoint attempt');
    return undefined;
  } catch (error) {
    // A lost connection or a missing table says nothing about the event.
    const state = (error as { readonly severity?: unknown }).severity;
    if (state !== undefined && !isDataError(error)) throw error;
    await tx.query('rollback to savepoint attempt');
    return error;
  }
}
