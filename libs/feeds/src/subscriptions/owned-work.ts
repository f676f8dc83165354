import type { Database } from '@tributary/postgres';
import { isFenced } from '../failure';
import type { FeedObserver } from '../observer';
import type { Running } from '../ports';
import { aborted, backoffMs, pause } from '../wake';
import { type Commit, commitBatch } from './checkpoint';
import type { Held, Leases } from './leases';

/** A checkpoint that only its owner can move. */
export interface OwnedCheckpoint {
  load(): Promise<bigint>;
  /** With these rows, in one transaction. Rejects with `fenced` when somebody else owns it by now. */
  save(position: bigint, writes?: Commit['writes']): Promise<void>;
}

export interface OwnedWorkOptions {
  readonly name: string;
  readonly database: Database;
  readonly leases: Leases;
  readonly observer: FeedObserver;
  /** Begins at once; ends when it is stopped, and `done` rejects when it cannot go on. */
  readonly start: (checkpoint: OwnedCheckpoint) => Running & { readonly done: Promise<void> };
}

/** Keeps one piece of work, such as the relay to Kafka, running in one process at a time. */
export class OwnedWork implements Running {
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;

  constructor(private readonly options: OwnedWorkOptions) {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { name, leases, observer } = this.options;
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        const held = await leases.acquire(name);
        if (held) await this.own(held);
        else failures = 0;
        await pause(leases.options.ttlMs / 3, signal);
      } catch (error) {
        if (isFenced(error)) observer.fenced?.(name);
        else observer.failed(name, error);
        await pause(backoffMs(failures), signal);
      }
    }
  }

  private async own(held: Held): Promise<void> {
    const { name, database, leases, observer, start } = this.options;
    const over = AbortSignal.any([this.stopping.signal, held.lost]);
    const work = start({
      load: () => Promise.resolve(held.position),
      save: async (through, writes) => {
        while (
          (await commitBatch(database, held, {
            through,
            ttlMs: leases.options.ttlMs,
            ...(writes && { writes }),
          })) === 'stale'
        );
      },
    });
    try {
      await Promise.race([work.done, aborted(over)]);
    } finally {
      await work.stop();
      await leases.release(held).catch((error: unknown) => observer.failed(name, error));
    }
  }
}
