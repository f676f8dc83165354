import { StreamNotFoundError, WrongExpectedVersionError } from '@eventstore/db-client';
import type { EventStoreDBClient, ResolvedEvent, StreamingRead } from '@eventstore/db-client';
import {
  instantOfMs,
  invariant,
  judgeRepeat,
  revisionConflict,
  unavailable,
} from '@tributary/kernel';
import type {
  Appended,
  Expected,
  PreparedEvent,
  Recorded,
  StreamAppend,
  StreamName,
} from '@tributary/kernel';

import { assertFields, fieldRowOf, typesOf } from '../fields';
import type {
  Batch,
  CopiedAppend,
  CopyTarget,
  FieldRow,
  Fields,
  Filter,
  Position,
  Subscription,
} from '../port';
import { assertStorable, nextRevision } from '../storable';
import { connect } from './connection';
import { Feed } from './feed';
import type { FeedSource } from './feed';
import { Lanes } from './lanes';
import { patiently } from './patience';
import type { DelayMs, OnRetry, Patience } from './patience';
import { isOurs, positionOf, recordedOf, writtenOf } from './stored-event';
import type { Written } from './stored-event';

export interface EventStoreDbOptions {
  /** `esdb://…`, one node or several. */
  readonly url: string;
  /** The clock of `recordedAt`, in milliseconds. */
  readonly now: () => number;
  /** For one attempt; there are a few. */
  readonly appendTimeoutMs?: number;
  readonly attempts?: number;
  readonly retryDelayMs?: DelayMs;
  readonly resubscribeDelayMs?: DelayMs;
  readonly lookAheadMs?: number;
  /** Jitter, 0 to 1. */
  readonly random?: () => number;
  readonly onRetry?: OnRetry;
}

const PAGE_SIZE = 500;
const APPENDS_AT_ONCE = 64;
/** Revisions are signed 64-bit numbers on the server. */
const MAX_REVISION = 2n ** 63n - 1n;

export class EventStoreDbLog implements CopyTarget {
  private readonly client: EventStoreDBClient;
  private readonly now: () => number;
  private readonly patience: Patience;
  private readonly feedSource: FeedSource;
  private readonly lanes = new Lanes(APPENDS_AT_ONCE);
  private readonly feeds = new Set<Feed>();
  private closed = false;

  constructor(options: EventStoreDbOptions) {
    const { random = Math.random, onRetry = warn } = options;
    this.client = connect(options.url);
    this.now = options.now;
    this.patience = {
      attempts: options.attempts ?? 4,
      timeoutMs: options.appendTimeoutMs ?? 10_000,
      delayMs: options.retryDelayMs ?? { min: 50, max: 2_000 },
      random,
      onRetry,
      isOver: () => this.closed,
    };
    this.feedSource = {
      client: this.client,
      head: () => this.head(),
      delayMs: options.resubscribeDelayMs ?? { min: 100, max: 10_000 },
      random,
      onRetry,
      lookAheadMs: options.lookAheadMs ?? 500,
      attempts: this.patience.attempts,
      onClose: (feed) => this.feeds.delete(feed),
    };
  }

  async append(
    stream: StreamName,
    expected: Expected,
    events: readonly PreparedEvent[],
    recordedAt = instantOfMs(this.now()),
  ): Promise<Appended> {
    this.assertOpen();
    assertStorable(expected, events);
    const written = events.map((event) => writtenOf(event, recordedAt));
    const store = () => this.store(stream, expected, events, written);
    return this.lanes.run(stream, () => patiently(`Appending to ${stream}`, this.patience, store));
  }

  async appendMany(
    appends: readonly StreamAppend[],
  ): Promise<readonly PromiseSettledResult<Appended>[]> {
    return Promise.allSettled(
      appends.map(({ stream, expected, events }) => this.append(stream, expected, events)),
    );
  }

  async copyIn(appends: readonly CopiedAppend[]): Promise<readonly Appended[]> {
    const appended: Appended[] = [];
    for (const { stream, expected, events, recordedAt } of appends)
      appended.push(await this.append(stream, expected, events, recordedAt));
    return appended;
  }

  async *read(
    stream: StreamName,
    from = 0n,
    through = MAX_REVISION,
  ): AsyncGenerator<Recorded, void, undefined> {
    this.assertOpen();
    for (let next = from; next <= through;) {
      const left = through - next + 1n;
      const size = left < PAGE_SIZE ? Number(left) : PAGE_SIZE;
      const page = await patiently(`Reading ${stream}`, this.patience, () =>
        this.page(stream, next, size),
      );
      yield* page;
      const last = page.at(-1);
      if (!last || page.length < size) return;
      next = last.revision + 1n;
    }
  }

  async *readAll(after: Position, filter: Filter = {}): AsyncGenerator<Batch, void, undefined> {
    this.assertOpen();
    yield* this.feed(after, filter, 'head');
  }

  async *readFields(
    after: Position,
    fields: Fields,
    through?: Position,
  ): AsyncGenerator<readonly FieldRow[], void, undefined> {
    assertFields(fields);
    for await (const batch of this.readAll(after, typesOf(fields))) {
      const rows: FieldRow[] = [];
      for (const event of batch.events) {
        if (through !== undefined && event.position > through) break;
        const row = fieldRowOf(event, fields);
        if (row !== undefined) rows.push(row);
      }
      if (rows.length > 0) yield rows;
      if (through !== undefined && batch.through >= through) return;
    }
  }

  subscribe(after: Position, filter: Filter = {}): Subscription {
    this.assertOpen();
    return this.feed(after, filter, 'closed');
  }

  async head(): Promise<Position> {
    this.assertOpen();
    return patiently('Asking for the head of the log', this.patience, async () => {
      let fromPosition: 'end' | { readonly commit: bigint; readonly prepare: bigint } = 'end';
      for (let maxCount = 4; ; maxCount = PAGE_SIZE) {
        const page = await this.all(
          this.client.readAll({
            direction: 'backwards',
            fromPosition,
            maxCount,
            requiresLeader: true,
          }),
        );
        const last = page.find(isOurs);
        if (last) return positionOf(last);
        const oldest = page.at(-1);
        if (!oldest || page.length < maxCount) return 0n;
        fromPosition = { commit: positionOf(oldest), prepare: positionOf(oldest) };
      }
    });
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    for (const feed of [...this.feeds]) await feed.close();
    await this.client.dispose();
  }

  /** One attempt. */
  private async store(
    stream: StreamName,
    expected: Expected,
    events: readonly PreparedEvent[],
    written: readonly Written[],
  ): Promise<Appended> {
    if (expected !== 'none' && expected > MAX_REVISION) {
      throw revisionConflict(stream, expected, await this.standing(stream));
    }
    try {
      const { nextExpectedRevision: revision, position } = await this.client.appendToStream(
        stream,
        [...written],
        {
          expectedRevision: expected === 'none' ? 'no_stream' : expected,
          requiresLeader: true,
          deadline: this.patience.timeoutMs,
        },
      );
      invariant(
        revision === nextRevision(expected) + BigInt(events.length) - 1n,
        'an append stands where it was expected',
      );
      if (position) return { revision, position: position.commit, replayed: false };
      // Some servers do not say where it stands when an earlier attempt of this call had stored it already.
      const [last] = await this.page(stream, revision, 1);
      if (!last) throw unavailable(`The answer to what was appended to ${stream}`);
      return { revision, position: last.position, replayed: false };
    } catch (error) {
      if (!(error instanceof WrongExpectedVersionError)) throw error;
      return this.judge(stream, expected, events, standingOf(error.actualVersion));
    }
  }

  /** Something else stands where the append wanted to stand. It may be this very command, from an earlier time. */
  private async judge(
    stream: StreamName,
    expected: Expected,
    events: readonly PreparedEvent[],
    actual: Expected,
  ): Promise<Appended> {
    const next = nextRevision(expected);
    const there = nextRevision(actual) - next;
    if (there <= 0n) throw revisionConflict(stream, expected, actual);
    const found = await this.page(stream, next, events.length);
    // The leader refuses because of events that it shows only when most nodes have them; so this is no verdict yet.
    if (found.length < events.length && BigInt(found.length) < there) {
      throw unavailable(`What stands in ${stream} after ${expected}`);
    }
    const last = found.at(-1);
    if (last && judgeRepeat(found, events) === 'replayed') {
      return { revision: last.revision, position: last.position, replayed: true };
    }
    throw revisionConflict(stream, expected, actual);
  }

  private async standing(stream: StreamName): Promise<Expected> {
    const [last] = await this.all(
      this.client.readStream(stream, {
        direction: 'backwards',
        fromRevision: 'end',
        maxCount: 1,
        requiresLeader: true,
      }),
    );
    return last?.event?.revision ?? 'none';
  }

  private async page(
    stream: StreamName,
    fromRevision: bigint,
    maxCount: number,
  ): Promise<Recorded[]> {
    return (
      await this.all(
        this.client.readStream(stream, { fromRevision, maxCount, requiresLeader: true }),
      )
    ).map(recordedOf);
  }

  private async all(reading: StreamingRead<ResolvedEvent>): Promise<ResolvedEvent[]> {
    // Stays for good: an error that comes after the reading was given up would otherwise be an uncaught exception.
    reading.on('error', () => undefined);
    const giveUp = setTimeout(() => {
      reading
        .cancel()
        .catch((error: unknown) => this.patience.onRetry('A read that was given up', error));
      reading.destroy(unavailable('The answer to a read'));
    }, this.patience.timeoutMs);
    const events: ResolvedEvent[] = [];
    try {
      for await (const event of reading) events.push(event);
      return events;
    } catch (error) {
      if (error instanceof StreamNotFoundError) return [];
      throw error;
    } finally {
      clearTimeout(giveUp);
    }
  }

  private feed(after: Position, filter: Filter, until: 'head' | 'closed'): Feed {
    const feed = new Feed(this.feedSource, after, filter, until);
    this.feeds.add(feed);
    return feed;
  }

  private assertOpen(): void {
    if (this.closed) throw unavailable('The event log, which was closed,');
  }
}

/** The server spells "no stream" in several ways. */
const standingOf = (actual: bigint | string): Expected =>
  typeof actual === 'bigint' && actual >= 0n ? actual : 'none';

function warn(what: string, error: unknown): void {
  const reason = error instanceof Error ? error.message : 'it came to an end';
  process.emitWarning(`${what} is tried again: ${reason}`, { code: 'TRIBUTARY_EVENT_LOG_RETRY' });
}
