import type { FeedBatch, FeedEvent, FeedSubscription } from './feed';
import { Wake } from './wake';

/** A subscriber that is further behind reads for itself until it has caught up. */
const MOST_EVENTS = 2_000;
/** As many as a page holds. */
const MOST_AT_ONCE = 1_000;
const QUIET_MS = 60_000;

/** Reads on from a position; of the whole feed, or of what is wanted. */
export type Subscribe<E extends FeedEvent> = (after: bigint) => FeedSubscription<E>;

export type Wants<E extends FeedEvent> = (event: E) => boolean;

/**
 * The newest events of a feed, read once for all who have caught up: a service has many subscriptions, and the log or the inbox
 * would be asked by each of them whenever anything came.
 */
export class FeedTail<E extends FeedEvent = FeedEvent> {
  private window: Window<E> | undefined;
  private readers = 0;

  constructor(
    private readonly whole: Subscribe<E>,
    private readonly mostEvents = MOST_EVENTS,
  ) {}

  /** `wants` says what `own` would give. */
  subscribe(after: bigint, wants: Wants<E>, own: Subscribe<E>): FeedSubscription<E> {
    return new TailSubscription(this, { after, wants, own });
  }

  enter(): void {
    this.readers++;
    // Whoever was told that it had ended comes again, and for him it begins anew.
    if (this.window?.isOpen === false) this.window = undefined;
  }

  async leave(): Promise<void> {
    this.readers--;
    if (this.readers > 0) return;
    const { window } = this;
    this.window = undefined;
    await window?.close();
  }

  /** What is held at and after a position; undefined for who has to read for himself. */
  at(position: bigint): Window<E> | undefined {
    const { window } = this;
    return window && position >= window.from ? window : undefined;
  }

  /** From here on, unless somebody has begun before. */
  begin(position: bigint): void {
    this.window ??= new Window(position, this.whole, this.mostEvents);
  }
}

class Window<E extends FeedEvent> {
  readonly moved = new Wake();
  /** Everything after this position is held. */
  from: bigint;
  private through: bigint;
  private caughtUp = false;
  private events: E[] = [];
  private failure: { readonly error: unknown } | undefined;
  private ended = false;
  private readonly source: FeedSubscription<E>;
  private readonly reading: Promise<void>;

  constructor(
    position: bigint,
    whole: Subscribe<E>,
    private readonly mostEvents: number,
  ) {
    this.from = position;
    this.through = position;
    this.source = whole(position);
    this.reading = this.read();
  }

  get isOpen(): boolean {
    return !this.ended;
  }

  async close(): Promise<void> {
    await this.source.close();
    await this.reading;
  }

  after(position: bigint, wants: Wants<E>): FeedBatch<E> {
    if (this.failure) throw this.failure.error;
    if (position >= this.through) return { events: [], through: position, caughtUp: this.caughtUp };
    const start = this.placeAfter(position);
    const fresh = this.events.slice(start, start + MOST_AT_ONCE);
    const events = fresh.filter(wants);
    const isAll = start + fresh.length === this.events.length;
    const through = isAll ? this.through : (fresh.at(-1)?.position ?? this.through);
    return { events, through, caughtUp: isAll && this.caughtUp };
  }

  private async read(): Promise<void> {
    try {
      for await (const { events, through, caughtUp } of this.source) {
        for (const event of events) this.events.push(event);
        this.through = through;
        this.caughtUp = caughtUp;
        this.forget();
        this.moved.ring();
      }
    } catch (error) {
      this.failure = { error };
    } finally {
      this.ended = true;
      this.moved.ring();
    }
  }

  /** Half of them at once, because each time moves all that stay. */
  private forget(): void {
    const spare = this.events.length - this.mostEvents;
    if (spare < this.mostEvents) return;
    this.from = this.events[spare - 1]?.position ?? this.from;
    this.events = this.events.slice(spare);
  }

  private placeAfter(position: bigint): number {
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.events[middle] as E).position > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

interface Wanted<E extends FeedEvent> {
  readonly after: bigint;
  readonly wants: Wants<E>;
  readonly own: Subscribe<E>;
}

class TailSubscription<E extends FeedEvent> implements FeedSubscription<E> {
  private readonly closing = new AbortController();
  private own: FeedSubscription<E> | undefined;

  constructor(
    private readonly tail: FeedTail<E>,
    private readonly wanted: Wanted<E>,
  ) {}

  async close(): Promise<void> {
    this.closing.abort();
    await this.own?.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FeedBatch<E>, void, undefined> {
    const { signal } = this.closing;
    let through: bigint | undefined = this.wanted.after;
    this.tail.enter();
    try {
      while (!signal.aborted && through !== undefined) {
        const window = this.tail.at(through);
        through = yield* window ? this.together(window, through) : this.alone(through);
      }
    } finally {
      await this.tail.leave();
    }
  }

  /** Until it has caught up, and all read on together; undefined when it was closed, here or by the feed. */
  private async *alone(after: bigint): AsyncGenerator<FeedBatch<E>, bigint | undefined, undefined> {
    this.own = this.wanted.own(after);
    for await (const batch of this.own) {
      yield batch;
      if (!batch.caughtUp) continue;
      this.tail.begin(batch.through);
      return batch.through;
    }
    return undefined;
  }

  /** Until it is closed, undefined when by the feed, or has fallen behind what is held. */
  private async *together(
    window: Window<E>,
    after: bigint,
  ): AsyncGenerator<FeedBatch<E>, bigint | undefined, undefined> {
    const { signal } = this.closing;
    let through = after;
    while (!signal.aborted && through >= window.from) {
      const seen = window.moved.count;
      const batch = window.after(through, this.wanted.wants);
      if (batch.through > through) {
        through = batch.through;
        yield batch;
      } else if (window.isOpen) {
        await window.moved.after(seen, QUIET_MS, signal);
      } else return undefined;
    }
    return through;
  }
}
