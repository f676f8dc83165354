import { isFenced } from '../failure';
import type { Feed, FeedBatch } from '../feed';
import type { FeedObserver } from '../observer';
import type { Running } from '../ports';
import { backoffMs, pause } from '../wake';
import { commitBatch } from './checkpoint';
import { Gathered } from './gathered';
import type { Held, Leases } from './leases';
import type { Database } from '@tributary/postgres';
import type { Progress } from './progress';

/** What a subscription does with its batches. Effects and checkpoint are its own business; when it returns, both are done. */
export interface Subscriber {
  readonly name: string;
  readonly feed: Feed;
  readonly types: readonly string[];
  /** Events handed over at once, at most about this many. */
  readonly batchLimit: number;
  /** Called once per ownership, before the first batch. */
  begin(held: Held, stop: AbortSignal): Promise<void>;
  apply(batch: FeedBatch, held: Held, stop: AbortSignal): Promise<void>;
}

export interface RunnerContext {
  readonly database: Database;
  readonly leases: Leases;
  readonly progress: Progress;
  readonly observer: FeedObserver;
  /** How long to wait before asking again for a lease that somebody else holds. */
  readonly standbyMs: number;
}

export type RunnerState = 'failing' | 'running' | 'standby' | 'stopped';

/** How long a checkpoint that covers no event of ours may lag behind what was looked at. */
const IDLE_CHECKPOINT_MS = 250;
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
    const { feed, types, batchLimit } = this.subscriber;
    const source = new Gathered(feed.subscribe(held.position, types), batchLimit);
    const idle = new IdleCheckpoint(this.context, held);
    this.context.progress.move(held.name, held.position);
    try {
      while (!over.aborted) {
        const batch = await source.next(idle.dueInMs() ?? QUIET_MS, over);
        if (batch === undefined) return;
        if (batch === 'quiet' || over.aborted) {
          await idle.save();
        } else if (batch.events.length === 0) {
          this.context.progress.move(held.name, batch.through);
          await idle.note(batch.through);
        } else {
          await this.apply(batch, held, over);
          idle.clear();
        }
        this.state = 'running';
        onProgress();
      }
    } finally {
      await source.close();
    }
  }

  private async apply(batch: FeedBatch, held: Held, over: AbortSignal): Promise<void> {
    const { observer, progress } = this.context;
    const startedMs = performance.now();
    await this.subscriber.apply(batch, held, over);
    if (held.position >= batch.through) progress.move(held.name, batch.through);
    observer.applied?.(held.name, batch.events.length, performance.now() - startedMs);
  }
}

/** Batches without an event of ours move the checkpoint too, but not with a write each. */
class IdleCheckpoint {
  private through: bigint | undefined;
  private sinceMs = 0;

  constructor(
    private readonly context: RunnerContext,
    private readonly held: Held,
  ) {}

  dueInMs(): number | undefined {
    if (this.through === undefined) return undefined;
    return Math.max(1, this.sinceMs + IDLE_CHECKPOINT_MS - performance.now());
  }

  async note(through: bigint): Promise<void> {
    if (through <= this.held.position) return;
    if (this.through === undefined) this.sinceMs = performance.now();
    this.through = through;
    if (performance.now() - this.sinceMs >= IDLE_CHECKPOINT_MS) await this.save();
  }

  async save(): Promise<void> {
    if (this.through === undefined) return;
    const { database, leases } = this.context;
    const commit = { through: this.through, ttlMs: leases.options.ttlMs };
    while ((await commitBatch(database, this.held, commit)) === 'stale');
    this.clear();
  }

  clear(): void {
    this.through = undefined;
  }
}
