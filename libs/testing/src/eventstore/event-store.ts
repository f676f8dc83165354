/** What an append hands in; nothing in it is looked at but the id. */
export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly customMetadata: Uint8Array;
}

export interface StoredEvent extends ProposedEvent {
  readonly stream: string;
  readonly revision: bigint;
  /** Commit and prepare position, which are the same for everything that is written over gRPC. */
  readonly position: bigint;
  readonly createdMs: number;
}

export type ExpectedRevision = 'any' | 'no_stream' | 'stream_exists' | bigint;

export type Verdict =
  | { readonly stored: true; readonly revision: bigint; readonly position: bigint }
  | { readonly stored: false; readonly current: bigint | 'no_stream' };

export interface Page {
  readonly direction: 'forwards' | 'backwards';
  readonly limit: number;
}

const NO_STREAM = -1n;
const APPENDS_PER_SYSTEM_EVENT = 3;

/** The rules of EventStoreDB that a client can notice, in memory: what is idempotent, what conflicts, where an event stands. */
export class EventStore {
  private readonly all: StoredEvent[] = [];
  private readonly streams = new Map<string, StoredEvent[]>();
  private readonly listeners = new Set<() => void>();
  private nextPosition = 0n;
  private appends = 0;

  constructor() {
    this.write('$users', [systemEvent('$UsersInitialized')]);
  }

  append(stream: string, expected: ExpectedRevision, events: readonly ProposedEvent[]): Verdict {
    const verdict = this.check(stream, expected, events);
    if (verdict !== 'new') return verdict;
    const last = this.write(stream, events);
    // Real servers write statistics and metadata among our events, which readers of `$all` have to live with.
    if (++this.appends % APPENDS_PER_SYSTEM_EVENT === 0) {
      this.write('$stats-127.0.0.1:2113', [systemEvent('$statsCollected')]);
    }
    for (const listener of [...this.listeners]) listener();
    return { stored: true, revision: last.revision, position: last.position };
  }

  /** Undefined when the stream does not exist. */
  readStream(
    stream: string,
    from: bigint | 'start' | 'end',
    page: Page,
  ): StoredEvent[] | undefined {
    const events = this.streams.get(stream);
    if (!events) return undefined;
    const last = BigInt(events.length) - 1n;
    const wanted = from === 'start' ? 0n : from === 'end' ? last : from;
    if (page.direction === 'forwards') {
      return from === 'end' ? [] : events.slice(Number(wanted), Number(wanted) + page.limit);
    }
    const end = Number(wanted > last ? last : wanted) + 1;
    return events.slice(Math.max(0, end - page.limit), end).reverse();
  }

  /** Forwards from this position on, itself included; backwards from before it. */
  readAll(from: bigint | 'start' | 'end', page: Page): StoredEvent[] {
    if (page.direction === 'forwards') {
      const start = from === 'start' ? 0 : from === 'end' ? this.all.length : this.indexOf(from);
      return this.all.slice(start, start + page.limit);
    }
    const end = from === 'end' ? this.all.length : from === 'start' ? 0 : this.indexOf(from);
    return this.all.slice(Math.max(0, end - page.limit), end).reverse();
  }

  /** A position between two records cannot be read from; a real server takes what stands there for a broken log. */
  isPosition(position: bigint): boolean {
    return this.all[this.indexOf(position)]?.position === position;
  }

  onAppend(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private check(
    stream: string,
    expected: ExpectedRevision,
    events: readonly ProposedEvent[],
  ): Verdict | 'new' {
    const there = this.streams.get(stream) ?? [];
    const current = BigInt(there.length) - 1n;
    const conflict: Verdict = {
      stored: false,
      current: current === NO_STREAM ? 'no_stream' : current,
    };
    if (expected === 'any' || expected === 'stream_exists') {
      if (expected === 'stream_exists' && current === NO_STREAM) return conflict;
      const found = events.map((event) => there.findLast(({ id }) => id === event.id));
      if (found[0] === undefined) return 'new';
      return found.includes(undefined) ? conflict : storedAt(found.at(-1));
    }
    const revision = expected === 'no_stream' ? NO_STREAM : expected;
    if (revision === current) return 'new';
    if (revision > current) return conflict;
    // Ids alone decide: the same ids at the same place are "stored", whatever their content is this time.
    const found = events.map((event, i) => {
      const at = there[Number(revision) + 1 + i];
      return at?.id === event.id ? at : undefined;
    });
    return found.includes(undefined) ? conflict : storedAt(found.at(-1));
  }

  private write(stream: string, events: readonly ProposedEvent[]): StoredEvent {
    const there = this.streams.get(stream) ?? [];
    this.streams.set(stream, there);
    const written = events.map((event) => {
      const stored = {
        ...event,
        stream,
        revision: BigInt(there.length),
        position: this.nextPosition,
        createdMs: Date.now(),
      };
      // A position is a place in the log file, so it advances by the size of the record.
      this.nextPosition += BigInt(
        64 + stream.length + event.data.length + event.customMetadata.length,
      );
      there.push(stored);
      this.all.push(stored);
      return stored;
    });
    return written.at(-1) as StoredEvent;
  }

  private indexOf(position: bigint): number {
    let low = 0;
    let high = this.all.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.all[middle] as StoredEvent).position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function storedAt(event: StoredEvent | undefined): Verdict {
  if (!event) return { stored: false, current: 'no_stream' };
  return { stored: true, revision: event.revision, position: event.position };
}

const systemEvent = (type: string): ProposedEvent => ({
  id: crypto.randomUUID(),
  type,
  contentType: 'application/json',
  data: Buffer.from('{}'),
  customMetadata: Buffer.alloc(0),
});
