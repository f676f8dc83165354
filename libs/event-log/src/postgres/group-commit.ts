import { unavailable } from '@tributary/kernel';
import type { Appended, Expected, PreparedEvent, StreamName } from '@tributary/kernel';
import type { BatchWriter } from './batch-writer';
import { type Pending, pendingOf } from './pending';

export interface GroupCommitOptions {
  readonly writer: BatchWriter;
  readonly now: () => number;
  readonly maxBatchEvents: number;
  readonly maxBatchBytes: number;
  readonly maxQueuedAppends: number;
  readonly maxQueuedBytes: number;
}

/**
 * One batch in flight; whatever arrives meanwhile is the next one. No timer: a lone append leaves at once, and under load
 * batches grow by themselves.
 */
export class GroupCommit {
  private queue: Pending[] = [];
  private queuedBytes = 0;
  private readonly judging = new Set<Promise<void>>();
  private draining: Promise<void> | undefined;
  private closed = false;

  constructor(private readonly options: GroupCommitOptions) {}

  append(
    stream: StreamName,
    expected: Expected,
    events: readonly PreparedEvent[],
  ): Promise<Appended> {
    return new Promise((resolve, reject) => {
      if (this.closed) throw unavailable('The event log, which was closed,');
      const pending = pendingOf({ stream, expected, events }, this.options.now(), {
        resolve,
        reject,
      });
      const { maxQueuedAppends, maxQueuedBytes } = this.options;
      if (
        this.queue.length >= maxQueuedAppends ||
        this.queuedBytes + pending.bytes > maxQueuedBytes
      ) {
        throw unavailable('A place in the append queue');
      }
      this.queue.push(pending);
      this.queuedBytes += pending.bytes;
      this.draining ??= this.drain();
    });
  }

  /** Takes no more, and settles what it took. */
  async close(): Promise<void> {
    this.closed = true;
    while (this.draining !== undefined || this.judging.size > 0) {
      await Promise.all([this.draining, ...this.judging]);
    }
  }

  private async drain(): Promise<void> {
    // Whoever appends in this very turn comes along.
    await Promise.resolve();
    while (this.queue.length > 0) {
      const { doubtful, failure } = await this.options.writer.write(this.take());
      if (doubtful.length > 0) this.judgeAside(doubtful);
      if (failure !== undefined) {
        // Who waits behind a server that cannot be reached would wait as long again, each batch after the other.
        for (const pending of this.takeAll()) pending.reject(unavailable('The event log', failure));
      }
      // Whoever was just answered may append at once; one turn lets them all into the next batch.
      if (this.queue.length > 0) await new Promise((resolve) => setImmediate(resolve));
    }
    this.draining = undefined;
  }

  /** Reads, and so need not hold up those who write. */
  private judgeAside(doubtful: readonly Pending[]): void {
    const judged = this.options.writer.judge(doubtful).then((appendable) => {
      this.judging.delete(judged);
      if (appendable.length === 0) return;
      this.queue = [...appendable, ...this.queue];
      for (const { bytes } of appendable) this.queuedBytes += bytes;
      this.draining ??= this.drain();
    });
    this.judging.add(judged);
  }

  private take(): Pending[] {
    const { maxBatchEvents, maxBatchBytes } = this.options;
    let events = 0;
    let bytes = 0;
    let count = 0;
    for (const pending of this.queue) {
      events += pending.events.length;
      bytes += pending.bytes;
      if (count > 0 && (events > maxBatchEvents || bytes > maxBatchBytes)) break;
      this.queuedBytes -= pending.bytes;
      count++;
    }
    return this.queue.splice(0, count);
  }

  private takeAll(): Pending[] {
    this.queuedBytes = 0;
    return this.queue.splice(0);
  }
}
