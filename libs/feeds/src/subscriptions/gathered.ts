import type { FeedBatch, FeedEvent, FeedSubscription } from '../feed';
import { Wake } from '../wake';

/**
 * Reads on while a batch is being applied, and hands over all that has come meanwhile as one batch: few and large writes under
 * load, one event at once when idle.
 */
export class Gathered<E extends FeedEvent> {
  private waiting: FeedBatch<E> | undefined;
  private ended = false;
  private failure: { readonly error: unknown } | undefined;
  private readonly came = new Wake();
  private readonly taken = new Wake();
  private readonly reading: Promise<void>;

  constructor(
    private readonly source: FeedSubscription<E>,
    private readonly limit: number,
  ) {
    this.reading = this.read();
  }

  /** `quiet` when nothing came in time; undefined once the source has ended. */
  async next(timeoutMs: number, stop: AbortSignal): Promise<FeedBatch<E> | 'quiet' | undefined> {
    const seen = this.came.count;
    if (this.waiting === undefined && !this.ended) await this.came.after(seen, timeoutMs, stop);
    const batch = this.waiting;
    this.waiting = undefined;
    this.taken.ring();
    if (batch) return batch;
    if (this.failure) throw this.failure.error;
    return this.ended ? undefined : 'quiet';
  }

  async close(): Promise<void> {
    this.ended = true;
    this.taken.ring();
    await this.source.close();
    await this.reading;
  }

  private async read(): Promise<void> {
    try {
      for await (const batch of this.source) {
        if (this.ended) return;
        this.waiting = this.waiting === undefined ? batch : joined(this.waiting, batch);
        this.came.ring();
        await this.room();
      }
    } catch (error) {
      this.failure = { error };
    } finally {
      this.ended = true;
      this.came.ring();
    }
  }

  private async room(): Promise<void> {
    while (!this.ended && this.waiting !== undefined && this.waiting.events.length >= this.limit) {
      await this.taken.after(this.taken.count, 60_000);
    }
  }
}

const joined = <E extends FeedEvent>(first: FeedBatch<E>, second: FeedBatch<E>): FeedBatch<E> => ({
  events: first.events.length === 0 ? second.events : [...first.events, ...second.events],
  through: second.through,
  caughtUp: second.caughtUp,
});
