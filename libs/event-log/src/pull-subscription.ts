import type { Batch, Position, Subscription } from './port';

export interface Source {
  /** The next batch after a position; empty and caught up at the head. */
  page(after: Position): Promise<Batch>;
  /** Whether a failed page may succeed later. Told of every failure, so that none is silent. */
  retries(error: unknown): boolean;
  /** How long to sleep at the head before looking again when nobody called. */
  readonly pollMs: number;
  readonly backoffMs?: { readonly min: number; readonly max: number };
  /** Jitter, 0 to 1. */
  readonly random?: () => number;
  onClose?(subscription: PullSubscription): void;
}

/** Reads when it is asked to, so a slow consumer holds back the reading; sleeps at the head until it is woken. */
export class PullSubscription implements Subscription {
  private closed = false;
  private wakes = 0;
  private wakeUp: (() => void) | undefined;
  private leavePage: (() => void) | undefined;

  constructor(
    private readonly after: Position,
    private readonly source: Source,
  ) {}

  wake(): void {
    this.wakes++;
    this.wakeUp?.();
  }

  close(): Promise<void> {
    this.closed = true;
    this.leavePage?.();
    this.wake();
    this.source.onClose?.(this);
    return Promise.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void, undefined> {
    let through = this.after;
    let announced = false;
    let failures = 0;
    try {
      while (!this.closed) {
        const wakesSeen = this.wakes;
        const batch = await this.nextPage(through);
        if (this.closed || batch === undefined) return;
        if (batch === 'failed') {
          await this.sleep(wakesSeen, this.backoffMs(failures++));
          continue;
        }
        failures = 0;
        const moved = batch.through > through;
        through = batch.through;
        // At the head an empty batch is worth a word once, so that the consumer knows that it is there.
        if (moved || (batch.caughtUp && !announced)) {
          announced = batch.caughtUp;
          yield batch;
        }
        if (batch.caughtUp) await this.sleep(wakesSeen, this.source.pollMs);
      }
    } finally {
      await this.close();
    }
  }

  /**
   * Undefined once closed: a page that never comes must not hold up the end. Not a race against one promise of the close, which
   * would hold every page that it was ever raced with, and so every event, for as long as the subscription lives.
   */
  private nextPage(after: Position): Promise<Batch | 'failed' | undefined> {
    const page = this.source.page(after).catch((error: unknown): 'failed' => {
      if (this.closed || this.source.retries(error)) return 'failed';
      throw error;
    });
    return new Promise((resolve, reject) => {
      this.leavePage = () => resolve(undefined);
      page.then(resolve, reject);
    });
  }

  private async sleep(wakesSeen: number, ms: number): Promise<void> {
    if (this.closed || this.wakes !== wakesSeen) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wakeUp = undefined;
  }

  private backoffMs(failures: number): number {
    const { backoffMs: { min, max } = { min: 100, max: 10_000 }, random = Math.random } =
      this.source;
    const ceiling = Math.min(max, min * 2 ** failures);
    return min + random() * (ceiling - min);
  }
}
