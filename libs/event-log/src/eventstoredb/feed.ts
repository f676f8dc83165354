import { eventTypeFilter, excludeSystemEvents, streamNameFilter } from '@eventstore/db-client';
import type { EventStoreDBClient, Filter as ServerFilter } from '@eventstore/db-client';
import { hasCode, unavailable } from '@tributary/kernel';
import type { Recorded } from '@tributary/kernel';

import { isUnfiltered, passes } from '../filter';
import type { Batch, Filter, Position, Subscription } from '../port';
import { finalRefusal, jitteredMs } from './patience';
import type { DelayMs, OnRetry } from './patience';
import { isOurs, positionOf, recordedOf } from './stored-event';
import { Wire } from './wire';
import type { Said } from './wire';

export interface FeedSource {
  readonly client: Pick<EventStoreDBClient, 'subscribeToAll'>;
  head(): Promise<Position>;
  readonly delayMs: DelayMs;
  readonly random: () => number;
  readonly onRetry: OnRetry;
  /** How long a filtered subscription may hear nothing before it looks whether the log went on. */
  readonly lookAheadMs: number;
  /** Sessions that may fail in a row, for who wants to reach the head; who waits there lives on for ever. */
  readonly attempts: number;
  onClose?(feed: Feed): void;
}

type Ending = 'at_head' | 'look_again' | 'ended';

const PAGE_SIZE = 500;

/** The log from a position on, over as many subscriptions as it takes. */
export class Feed implements Subscription {
  private readonly iterator: AsyncGenerator<Batch, void, undefined>;
  /** What to do with those who wait, once it is closed. */
  private readonly leaving = new Set<() => void>();
  private closed = false;
  private announced = false;
  private failures = 0;
  private wire: Wire | undefined;

  constructor(
    private readonly source: FeedSource,
    private through: Position,
    private readonly filter: Filter,
    /** Whether it ends where the log ends, or waits there for more. */
    private readonly until: 'head' | 'closed',
  ) {
    this.iterator = this.batches();
  }

  [Symbol.asyncIterator](): AsyncGenerator<Batch, void, undefined> {
    return this.iterator;
  }

  close(): Promise<void> {
    this.closed = true;
    for (const leave of this.leaving) leave();
    this.wire?.close();
    this.source.onClose?.(this);
    return Promise.resolve();
  }

  private async *batches(): AsyncGenerator<Batch, void, undefined> {
    try {
      while (!this.closed) {
        const ending = yield* this.survived();
        if (ending === 'at_head') return;
        if (ending === 'look_again') continue;
        await this.pause(jitteredMs(this.source.delayMs, ++this.failures, this.source.random));
      }
      // A reading that was cut off must not look like one that has reached the head.
      if (this.until === 'head') throw unavailable('The event log, which was closed,');
    } finally {
      await this.close();
    }
  }

  /** One session, whatever it dies of. A clean end in the middle of nowhere is as good a reason to come back as an error. */
  private async *survived(): AsyncGenerator<Batch, Ending, undefined> {
    try {
      const ending = yield* this.session();
      if (ending === 'ended' && !this.closed)
        this.source.onRetry('A subscription that ended', undefined);
      return ending;
    } catch (error) {
      if (this.closed) return 'ended';
      const refusal = finalRefusal(error);
      if (refusal) throw refusal;
      // What says so itself has been tried patiently already.
      const isHopeless = hasCode(error, 'unavailable') || this.failures + 1 >= this.source.attempts;
      if (isHopeless && this.until === 'head') throw unavailable('The event log', error);
      this.source.onRetry('A subscription that failed', error);
      return 'ended';
    }
  }

  /** One subscription, from its start to its end. */
  private async *session(): AsyncGenerator<Batch, Ending, undefined> {
    // Asked before the subscription starts: once that has caught up it has certainly looked at everything up to here.
    const head = await this.whileOpen(this.source.head());
    if (head === undefined) return 'ended';
    const wire = this.open();
    let caughtUp = false;
    try {
      for (;;) {
        const said = await wire.next(PAGE_SIZE, caughtUp ? this.idleMs : undefined);
        if (said === 'ended' || this.closed) return 'ended';
        if (said === 'idle' && (await this.isBehind())) return 'look_again';
        if (said === 'idle') continue;
        this.failures = 0;
        caughtUp = hasCaughtUp(said, caughtUp);
        const batch = this.batchOf(wire, said, caughtUp ? head : undefined);
        if (batch) yield batch;
        if (batch?.caughtUp === true && this.until === 'head') return 'at_head';
      }
    } finally {
      wire.close();
    }
  }

  private open(): Wire {
    const fromPosition =
      this.through === 0n ? 'start' : { commit: this.through, prepare: this.through };
    const wire = new Wire((onCheckpoint) =>
      this.source.client.subscribeToAll(
        { fromPosition, requiresLeader: true, filter: serverFilter(this.filter, onCheckpoint) },
        { highWaterMark: PAGE_SIZE },
      ),
    );
    this.wire = wire;
    return wire;
  }

  /** Undefined when it would tell nothing new. `head` is given once the subscription has caught up with it. */
  private batchOf(
    wire: Wire,
    said: readonly Said[],
    head: Position | undefined,
  ): Batch | undefined {
    const { events, through } = this.look(said, head);
    const moved = through > this.through;
    // Only now: had one of the events not been readable, the next session would start behind it.
    this.through = through;
    const isAtHead = head !== undefined && through >= head;
    const caughtUp = isAtHead && (this.until === 'head' || wire.isEmpty);
    if (!moved && (!caughtUp || this.announced)) return undefined;
    this.announced ||= caughtUp;
    return { events, through, caughtUp };
  }

  private look(said: readonly Said[], head: Position | undefined) {
    const events: Recorded[] = [];
    let through = this.through;
    for (const one of said) {
      if (typeof one === 'string') continue;
      const position = 'lookedAt' in one ? one.lookedAt : positionOf(one.event);
      if (position <= through) continue;
      if ('event' in one && isOurs(one.event)) events.push(recordedOf(one.event));
      through = position;
    }
    // Without a filter the head itself is delivered, so that nobody's word has to be taken for it.
    if (head !== undefined && !isUnfiltered(this.filter)) through = later(through, head);
    return { events: events.filter((event) => passes(event, this.filter)), through };
  }

  private get idleMs(): number | undefined {
    return isUnfiltered(this.filter) ? undefined : this.source.lookAheadMs;
  }

  /**
   * A server tells how far it has looked only every 32 events, so a filter that passes nothing would hold its reader
   * back. A new subscription from where this one stands will have looked up to the present head once it has caught up.
   */
  private async isBehind(): Promise<boolean> {
    const head = await this.whileOpen(this.source.head());
    return head !== undefined && head > this.through;
  }

  private async pause(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const time = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
    await this.whileOpen(time);
    clearTimeout(timer);
  }

  /**
   * Undefined once closed. Not a race against one promise of the close, which would hold whatever it was raced with for as long
   * as the subscription lives.
   */
  private whileOpen<T>(work: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const leave = () => resolve(undefined);
      this.leaving.add(leave);
      if (this.closed) leave();
      work.then(resolve, reject).finally(() => this.leaving.delete(leave));
    });
  }
}

function hasCaughtUp(said: readonly Said[], before: boolean): boolean {
  return said.reduce(
    (caughtUp, one) => (one === 'caught_up' ? true : one === 'fell_behind' ? false : caughtUp),
    before,
  );
}

const later = (a: Position, b: Position): Position => (a > b ? a : b);

/** No type and no category starts like this, so it stands for a filter that passes nothing. */
const NOTHING = '-';

function serverFilter(filter: Filter, onCheckpoint: (position: Position) => void): ServerFilter {
  // Without a filter of ours only events of the server itself are passed over, and a position of these is no use as a checkpoint.
  if (isUnfiltered(filter)) return excludeSystemEvents();
  const options = {
    checkpointInterval: 1,
    checkpointReached: (_: unknown, { commit }: { readonly commit: bigint }) =>
      Promise.resolve(onCheckpoint(commit)),
  };
  const { categories, types } = filter;
  if (categories === undefined)
    return eventTypeFilter({ prefixes: orNothing(types ?? []), ...options });
  return streamNameFilter({
    prefixes: orNothing(categories.map((category) => `${category}-`)),
    ...options,
  });
}

const orNothing = (prefixes: readonly string[]): string[] =>
  prefixes.length > 0 ? [...prefixes] : [NOTHING];
