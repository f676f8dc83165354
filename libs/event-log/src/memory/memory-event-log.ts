import {
  CodedError,
  instantOfMs,
  judgeRepeat,
  revisionConflict,
  unavailable,
} from '@tributary/kernel';
import type {
  Appended,
  Expected,
  Instant,
  JsonObject,
  PreparedEvent,
  Recorded,
  StreamAppend,
  StreamName,
} from '@tributary/kernel';
import { assertFields, fieldRowOf, typesOf } from '../fields';
import { passes } from '../filter';
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
import { PullSubscription } from '../pull-subscription';
import { recordedFrom } from '../recorded';
import { assertStorable, nextRevision, standingAt } from '../storable';

/** What several logs may share, as processes share a server. */
export class MemoryStore {
  readonly events: Recorded[] = [];
  readonly streams = new Map<StreamName, Recorded[]>();
  readonly ids = new Set<string>();
  readonly subscriptions = new Set<PullSubscription>();
}

export interface MemoryEventLogOptions {
  /** The clock of `recordedAt`, in milliseconds. */
  readonly now: () => number;
  readonly store?: MemoryStore;
}

const PAGE_SIZE = 500;
/** Nothing is missed without polling: whoever appends is in this process and wakes every subscription. */
const POLL_MS = 60_000;

export class MemoryEventLog implements CopyTarget {
  readonly store: MemoryStore;
  private readonly now: () => number;
  private readonly own = new Set<PullSubscription>();
  private closed = false;

  constructor({ now, store = new MemoryStore() }: MemoryEventLogOptions) {
    this.now = now;
    this.store = store;
  }

  async append(
    stream: StreamName,
    expected: Expected,
    events: readonly PreparedEvent[],
    recordedAt = instantOfMs(this.now()),
  ): Promise<Appended> {
    this.assertOpen();
    assertStorable(expected, events);
    const there = this.store.streams.get(stream) ?? [];
    const next = nextRevision(expected);
    const count = BigInt(there.length);

    if (count > next) {
      const found = there.slice(Number(next), Number(next) + events.length);
      if (judgeRepeat(found, events) === 'replayed') return appendedOf(found, true);
    }
    if (count !== next) throw revisionConflict(stream, expected, standingAt(count));
    this.refuseTakenIds(events);

    const recorded = this.record(stream, next, events, recordedAt);
    this.store.streams.set(stream, there);
    for (const event of recorded) {
      there.push(event);
      this.store.events.push(event);
      this.store.ids.add(event.id);
    }
    for (const subscription of this.store.subscriptions) subscription.wake();
    return appendedOf(recorded, false);
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
    through?: bigint,
  ): AsyncGenerator<Recorded, void, undefined> {
    this.assertOpen();
    const end = through === undefined ? undefined : Number(through) + 1;
    yield* (this.store.streams.get(stream) ?? []).slice(Number(from), end);
  }

  async *readAll(after: Position, filter: Filter = {}): AsyncGenerator<Batch, void, undefined> {
    let through = after;
    for (;;) {
      this.assertOpen();
      const batch = this.page(through, filter);
      yield batch;
      if (batch.caughtUp) return;
      through = batch.through;
    }
  }

  async *readFields(
    after: Position,
    fields: Fields,
    through?: Position,
  ): AsyncGenerator<readonly FieldRow[], void, undefined> {
    assertFields(fields);
    for await (const { events } of this.readAll(after, typesOf(fields))) {
      const rows: FieldRow[] = [];
      for (const event of events) {
        if (through !== undefined && event.position > through) break;
        const row = fieldRowOf(event, fields);
        if (row !== undefined) rows.push(row);
      }
      if (rows.length > 0) yield rows;
    }
  }

  subscribe(after: Position, filter: Filter = {}): Subscription {
    this.assertOpen();
    const { subscriptions } = this.store;
    const subscription = new PullSubscription(after, {
      page: (position) => Promise.resolve(this.page(position, filter)),
      retries: () => false,
      pollMs: POLL_MS,
      onClose: (closed) => {
        subscriptions.delete(closed);
        this.own.delete(closed);
      },
    });
    subscriptions.add(subscription);
    this.own.add(subscription);
    return subscription;
  }

  head(): Promise<Position> {
    return Promise.resolve(BigInt(this.store.events.length));
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const subscription of [...this.own]) await subscription.close();
  }

  private page(after: Position, filter: Filter): Batch {
    const { events } = this.store;
    const until = Math.min(events.length, Number(after) + PAGE_SIZE);
    const found = events.slice(Number(after), until).filter((event) => passes(event, filter));
    const through = after > BigInt(until) ? after : BigInt(until);
    return { events: found, through, caughtUp: until === events.length };
  }

  private record(
    stream: StreamName,
    next: bigint,
    events: readonly PreparedEvent[],
    recordedAt: Instant,
  ): Recorded[] {
    const head = BigInt(this.store.events.length);
    return events.map((event, i) => {
      const place = { stream, revision: next + BigInt(i), position: head + BigInt(i) + 1n };
      const data = JSON.parse(event.dataText) as JsonObject;
      return recordedFrom(event, data, { ...place, recordedAt });
    });
  }

  private refuseTakenIds(events: readonly PreparedEvent[]): void {
    const seen = new Set<string>();
    for (const { id } of events) {
      if (seen.has(id) || this.store.ids.has(id)) {
        throw new CodedError('event_id_taken', `The event id ${id} stands in the log already.`, {
          id,
        });
      }
      seen.add(id);
    }
  }

  private assertOpen(): void {
    if (this.closed) throw unavailable('The event log, which was closed,');
  }
}

function appendedOf(events: readonly Recorded[], replayed: boolean): Appended {
  const last = events[events.length - 1] as Recorded;
  return { revision: last.revision, position: last.position, replayed };
}
