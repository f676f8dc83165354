import { type Database, isPassing } from '@tributary/postgres';
import { type Reason, reasonOf } from '../failure';
import type { Feed, FeedBatch, FeedEvent } from '../feed';
import type { FeedObserver } from '../observer';
import type { BeingBuilt } from '../projections/being-built';
import { backoffMs, pause } from '../wake';
import { commitBatch, type Poison } from '../subscriptions/checkpoint';
import type { Held } from '../subscriptions/leases';
import {
  closeParked,
  type Closing,
  findParked,
  insertParked,
  lockSubscription,
  type Parked,
} from '../subscriptions/parking';
import { countBehind, ParkedStreams } from '../subscriptions/parked-streams';
import { eventsBehind, type ResumeReport } from '../subscriptions/resume-in-transaction';
import type { Subscriber } from '../subscriptions/runner';
import { type Follow, followUps, type Reaction } from './reaction';

export interface LiveReactionContext {
  readonly database: Database;
  readonly observer: FeedObserver;
  readonly ttlMs: number;
  /** What it reads of these will be there in a moment. */
  readonly building?: Pick<BeingBuilt, 'explains'>;
}

/** Streams of one batch that are worked on at the same time: the more of them, the more is asked and appended together. */
const CONCURRENCY = 128;
const BATCH_LIMIT = 500;
/** Whoever takes over repeats at most this much, and each command has the id that it had. */
const CHECKPOINT_MS = 1_000;

/**
 * Delivers what follows from events, in order per stream. The checkpoint moves after everything is acknowledged, and not with a
 * write for each batch: what is delivered again has the ids that it had.
 */
export class LiveReaction<C = unknown> implements Subscriber {
  readonly name: string;
  readonly types: readonly string[];
  readonly batchLimit = BATCH_LIMIT;
  readonly checkpointMs = CHECKPOINT_MS;
  private readonly parked: ParkedStreams;

  constructor(
    readonly reaction: Reaction<C>,
    readonly feed: Feed,
    private readonly context: LiveReactionContext,
  ) {
    this.name = reaction.name;
    this.types = Object.keys(reaction.on);
    this.parked = new ParkedStreams(context.database);
  }

  async begin(held: Held): Promise<void> {
    await this.parked.of(held);
  }

  async apply({ events, through }: FeedBatch, held: Held, stop: AbortSignal): Promise<void> {
    for (;;) {
      const waiting = await this.parked.of(held);
      const results = await this.deliverAll(events, waiting, stop);
      if (stop.aborted) return;
      const poison = results.flatMap(({ poison }) => poison ?? []);
      const queued = countBehind(results.flatMap(({ behind }) => behind));
      if (poison.length === 0 && queued.size === 0) {
        held.delivered = through;
        return;
      }
      const { database, ttlMs } = this.context;
      // Delivering again after a change of the parked streams is harmless: the same commands have the same ids.
      if ((await commitBatch(database, held, { through, ttlMs, poison, queued })) === 'stale')
        continue;

      this.parked.add(poison);
      for (const { event, why } of poison)
        this.context.observer.parked?.(this.name, event.stream, why.code);
      return;
    }
  }

  /** Delivers a parked event and those behind it; with `discarded`, only those behind it. */
  async resume(stream: string, closing: Closing): Promise<ResumeReport> {
    const { database } = this.context;
    const first = await findParked(database.pool, this.name, stream);
    let after = closing.status === 'discarded' ? first.revision : first.revision - 1n;
    let applied = 0;
    for (;;) {
      const parked = await findParked(database.pool, this.name, stream);
      const { rows } = await database.pool.query<{ position: string }>(
        'select position from subscription where name = $1',
        [this.name],
      );
      const events = await eventsBehind(this, parked, after, BigInt(rows[0]?.position ?? 0));
      for (const [i, event] of events.entries()) {
        const why = await this.deliver(event, undefined);
        if (why === undefined) {
          applied++;
          after = event.revision;
          continue;
        }
        await this.parkAgain(parked, closing, { event, why }, events.length - i - 1);
        return { applied, parkedAgain: why.code };
      }
      if (await this.close(parked, closing)) return { applied, parkedAgain: undefined };
    }
  }

  private async deliverAll(
    events: readonly FeedEvent[],
    waiting: ReadonlySet<string>,
    stop: AbortSignal,
  ): Promise<Delivered[]> {
    const streams = new Map<string, FeedEvent[]>();
    for (const event of events) {
      const same = streams.get(event.stream);
      if (same) same.push(event);
      else streams.set(event.stream, [event]);
    }
    const results: Delivered[] = [];
    const queue: FeedEvent[][] = [];
    for (const [stream, own] of streams)
      if (waiting.has(stream)) results.push({ behind: own });
      else queue.push(own);
    const seen = this.lookAhead(queue.flat());
    const worker = async () => {
      for (let own = queue.shift(); own && !stop.aborted; own = queue.shift())
        results.push(await this.deliverStream(own, seen, stop));
    };
    await Promise.all(Array.from({ length: Math.min(CONCURRENCY, queue.length) }, worker));
    // None is still asking when we say that we have stopped.
    await Promise.all(seen.values());
    return results;
  }

  /** What failed is told when it is the turn of its event. */
  private lookAhead(events: readonly FeedEvent[]): Ahead<C> {
    if (this.reaction.looksAhead !== true) return new Map();
    return new Map(events.map((event) => [event, Promise.allSettled([this.lookAt(event)])]));
  }

  private async lookAt(event: FeedEvent): Promise<readonly C[]> {
    return (await this.reaction.on[event.type]?.(event)) ?? [];
  }

  private async deliverStream(
    events: readonly FeedEvent[],
    ahead: Ahead<C>,
    stop: AbortSignal,
  ): Promise<Delivered> {
    for (const [i, event] of events.entries()) {
      const why = await this.patiently(event, ahead.get(event), stop);
      if (why !== undefined) return { poison: { event, why }, behind: events.slice(i + 1) };
      if (stop.aborted) break;
    }
    return { behind: [] };
  }

  /** What is out of order for a while is waited for: parking is for what only a person can mend. */
  private async patiently(
    event: FeedEvent,
    ahead: Looked<C> | undefined,
    stop: AbortSignal,
  ): Promise<Reason | undefined> {
    for (let failures = 0; !stop.aborted; failures++) {
      try {
        // What was seen ahead is worth one try: afterwards it may be otherwise.
        return await this.deliver(event, stop, failures === 0 ? ahead : undefined);
      } catch (error) {
        this.context.observer.failed(this.name, error);
        await pause(backoffMs(failures), stop);
      }
    }
    return undefined;
  }

  /** The reason when the event has to be parked. Throws operational errors only. */
  private async deliver(
    event: FeedEvent,
    stop: AbortSignal | undefined,
    ahead?: Looked<C>,
  ): Promise<Reason | undefined> {
    try {
      const commands = ahead === undefined ? await this.lookAt(event) : await seenIn(ahead);
      if (commands.length === 0) return undefined;
      return await this.dispatchAll(followUps(this.reaction, event, commands), stop);
    } catch (error) {
      if (isPassing(error) || this.context.building?.explains(error) === true) throw error;
      return reasonOf(error, 'reaction_failed');
    }
  }

  /** In order per stream, and different streams together: one event may concern thousands. The first rejection parks the event. */
  private async dispatchAll(
    follows: readonly Follow<C>[],
    stop: AbortSignal | undefined,
  ): Promise<Reason | undefined> {
    const streams = new Map<string, Follow<C>[]>();
    for (const follow of follows) {
      const same = streams.get(follow.context.stream);
      if (same) same.push(follow);
      else streams.set(follow.context.stream, [follow]);
    }
    const queue = [...streams.values()];
    let reason: Reason | undefined;
    const worker = async () => {
      for (let own = queue.shift(); own && reason === undefined; own = queue.shift()) {
        for (const { command, context } of own) {
          if (stop?.aborted === true) return;
          const outcome = await this.reaction.dispatch(command, context);
          if (outcome.kind !== 'rejected') continue;
          reason = rejection(outcome.rejected);
          return;
        }
      }
    };
    const workers = Math.min(CONCURRENCY, queue.length);
    // All of them, so that none is still at work when the event is told to be delivered, parked or to be tried again.
    const ended = await Promise.allSettled(Array.from({ length: workers }, worker));
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
    return reason;
  }

  private parkAgain(
    parked: Parked,
    closing: Closing,
    poison: Poison,
    queued: number,
  ): Promise<void> {
    return this.context.database.transaction(async (tx) => {
      await lockSubscription(tx, this.name);
      const now = await findParked(tx, this.name, parked.stream);
      await closeParked(tx, now, closing);
      await insertParked(tx, this.name, poison, queued + now.queued - parked.queued);
    });
  }

  private close(parked: Parked, closing: Closing): Promise<boolean> {
    return this.context.database.transaction(async (tx) => {
      await lockSubscription(tx, this.name);
      return closeParked(tx, parked, closing);
    });
  }
}

/** What follows from an event, or why that cannot be said. */
type Looked<C> = Promise<readonly [PromiseSettledResult<readonly C[]>]>;
type Ahead<C> = ReadonlyMap<FeedEvent, Looked<C>>;

async function seenIn<C>(ahead: Looked<C>): Promise<readonly C[]> {
  const [seen] = await ahead;
  if (seen.status === 'rejected') throw seen.reason;
  return seen.value;
}

interface Delivered {
  readonly poison?: Poison;
  readonly behind: readonly FeedEvent[];
}

const rejection = ({ code, ...facts }: { readonly code: string }): Reason => ({
  code,
  reason: `The command was rejected: ${code}`,
  facts,
});
