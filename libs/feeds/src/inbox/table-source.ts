import type { Owner } from '@tributary/contracts';
import type { FeedObserver } from '../observer';
import type { Inbox, PublishedReader, Running } from '../ports';
import { backoffMs, pause, Wake } from '../wake';
import { seededRandom, shuffledAcrossStreams } from './shuffle';

export interface TableSourceOptions {
  readonly owner: Owner;
  readonly reader: PublishedReader;
  readonly inbox: Inbox;
  readonly observer: FeedObserver;
  /** Rings when the owner has published in this process. */
  readonly wake?: Wake;
  readonly pollMs?: number;
  readonly pageSize?: number;
  /** For tests: every page arrives in another order across streams, which a seed reproduces. */
  readonly shuffleSeed?: number;
}

export const TABLE_CHANNEL = 'table';

/** The embedded source of the inbox: the owner's `published` rows, read where they lie. */
export class TableSource implements Running {
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;
  private readonly random: (() => number) | undefined;

  constructor(private readonly options: TableSourceOptions) {
    this.random = options.shuffleSeed === undefined ? undefined : seededRandom(options.shuffleSeed);
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const { owner, inbox, observer, wake = new Wake(), pollMs = 250 } = this.options;
    let after: bigint | undefined;
    for (let failures = 0; !signal.aborted;) {
      try {
        after ??= ((await inbox.offsetOf(owner, TABLE_CHANNEL)) ?? 1n) - 1n;
        const seen = wake.count;
        const through = await this.transfer(after);
        failures = 0;
        if (through === after) await wake.after(seen, pollMs, signal);
        after = through;
      } catch (error) {
        observer.failed(`table source of ${owner}`, error);
        await pause(backoffMs(failures++), signal);
      }
    }
  }

  /** One page; what moved without an event is not worth a write, it is only skipped again after a restart. */
  private async transfer(after: bigint): Promise<bigint> {
    const { owner, reader, inbox, pageSize = 500 } = this.options;
    const { events, through } = await reader.after(after, pageSize);
    if (events.length > 0) {
      const ordered = this.random ? shuffledAcrossStreams(events, this.random) : events;
      await inbox.receive(owner, ordered, { channel: TABLE_CHANNEL, next: through + 1n });
    }
    return through;
  }
}
