import { isFenced } from '../failure';
import type { Feed, FeedBatch } from '../feed';
import type { FeedObserver } from '../observer';
import type { Running } from '../ports';
import { backoffMs, pause } from '../wake';
import { Gathered } from './gathered';
import type { LateCheckpoints } from './late-checkpoints';
import type { Held, Leases } from './leases';
import type { Progress } from './progress';

/** What a subscription does with its batches. When it returns the effects are done, and the checkpoint is saved or left to the runner. */
export interface Subscriber {
  readonly name: string;
  readonly feed: Feed;
  readonly types: readonly string[];
  /** Events handed over at once, at most about this many. */
  readonly batchLimit: number;
  /** How long the checkpoint may lag behind what was looked at, or was delivered and may be delivered again. */
  readonly checkpointMs: number;
  /** Called once per ownership, before the first batch. */
  begin(held: Held, stop: AbortSignal): Promise<void>;
  apply(batch: FeedBatch, held: Held, stop: AbortSignal): Promise<void>;
}

export interface RunnerContext {
  readonly leases: Leases;
  readonly late: LateCheckpoints;
  readonly progress: Progress;
  readonly observer: FeedObserver;
  /** How long to wait before asking again for a lease that somebody else holds. */
  readonly standbyMs: number;
}

export type RunnerState = 'failing' | 'running' | 'standby' | 'stopped';

const QUIET_MS = 60_000;

/** Owns a subscription while it can: takes the lease, follows the feed, steps down when fenced, tries again after errors. */
export class SubscriptionRunner implements Running {
  state: RunnerState = 'standby';
  lastError: unknown;
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;

  constructor(
    readonly subscriber: Subscriber,
    private readonly context: RunnerContext,
  ) {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const { observer, leases, standbyMs } = this.context;
    const { name } = this.subscriber;
    for (let failures = 0; !signal.aborted;) {
      try {
        const held = await leases.acquire(name);
        if (!held) {
          this.state = 'standby';
          await pause(standbyMs, signal);
          continue;
        }
        // A first batch may take long; whoever waits for somebody else is another case than whoever works on it.
        if (this.state === 'standby') this.state = 'running';
        await this.own(held, () => (failures = 0));
        await pause(backoffMs(0), signal);
      } catch (error) {
        if (isFenced(error)) {
          observer.fenced?.(name);
          continue;
        }
        this.state = 'failing';
        this.lastError = error;
        observer.failed(name, error);
        await pause(backoffMs(failures++), signal);
      } finally {
        this.context.progress.forget(name);
      }
    }
    this.state = 'stopped';
  }

  private async own(held: Held, onProgress: () => void): Promise<void> {
    const over = AbortSignal.any([this.stopping.signal, held.lost]);
    try {
      await this.subscriber.begin(held, over);
      await this.follow(held, over, onProgress);
    } finally {
      await this.context.leases
        .release(held)
        .catch((error: unknown) => this.context.observer.failed(this.subscriber.name, error));
    }
  }

  private async follow(held: Held, over: AbortSignal, onProgress: () => void): Promise<void> {
    const { feed, types, batchLimit, checkpointMs } = this.subscriber;
    const source = new Gathered(feed.subscribe(held.position, types), batchLimit);
    const later = new LaterCheckpoint(this.context.late, held, checkpointMs);
    this.context.progress.move(held.name, held.position);
    try {
      while (!over.aborted) {
        const batch = await source.next(later.dueInMs() ?? QUIET_MS, over);
        if (batch === undefined) break;
        if (batch === 'quiet' || over.aborted) {
          await later.save();
        } else if (batch.events.length === 0) {
          this.context.progress.move(held.name, batch.through);
          await later.note(batch.through);
        } else {
          await this.apply(batch, held, over);
          await later.note(held.delivered);
        }
        this.state = 'running';
        onProgress();
      }
      await later.save();
    } finally {
      later.end();
      await source.close();
    }
  }

  private async apply(batch: FeedBatch, held: Held, over: AbortSignal): Promise<void> {
    const { observer, progress } = this.context;
    const startedMs = performance.now();
    await this.subscriber.apply(batch, held, over);
    if (held.position > held.delivered) held.delivered = held.position;
    if (held.delivered >= batch.through) progress.move(held.name, batch.through);
    observer.applied?.(held.name, batch.events.length, performance.now() - startedMs);
  }
}

/** Batches without an event of ours, and effects that may be repeated, move the checkpoint too, but not with a write each. */
class LaterCheckpoint {
  private sinceMs = 0;

  constructor(
    private readonly late: LateCheckpoints,
    private readonly held: Held,
    private readonly afterMs: number,
  ) {}

  dueInMs(): number | undefined {
    if (this.late.noteOf(this.held) === undefined) return undefined;
    return Math.max(1, this.sinceMs + this.afterMs - performance.now());
  }

  async note(through: bigint): Promise<void> {
    const { late, held } = this;
    const before = late.noteOf(held);
    if (through <= held.position) {
      // A batch that saved itself covers what had been noted before.
      if (before !== undefined && before <= held.position) late.forget(held);
      return;
    }
    if (before === undefined) this.sinceMs = performance.now();
    late.note(held, through);
    if (performance.now() - this.sinceMs >= this.afterMs) await this.save();
  }

  save(): Promise<void> {
    return this.late.save(this.held);
  }

  /** From here on nobody saves for it. */
  end(): void {
    this.late.forget(this.held);
  }
}
