import type { Owner } from '@tributary/contracts';
import type { Database } from '@tributary/postgres';
import { reasonOf } from '../failure';
import type { FeedObserver } from '../observer';
import type { PublishedReader, Running } from '../ports';
import { backoffMs, type Wake } from '../wake';
import type { InboxTable } from './inbox-table';

export interface GapFillerOptions {
  readonly database: Database;
  readonly inbox: InboxTable;
  readonly readers: Readonly<Partial<Record<Owner, PublishedReader>>>;
  readonly wakes: readonly Wake[];
  readonly observer: FeedObserver;
}

interface OpenGap {
  readonly stream: string;
  readonly owner: Owner;
  readonly last: string | null;
  readonly attempts: number;
}

const POLL_MS = 5_000;

/** Asks the owner for what is missing, as long as a stream waits for it. */
export class GapFiller implements Running {
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;

  constructor(private readonly options: GapFillerOptions) {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { wakes, observer } = this.options;
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted;) {
      const seen = wakes.map(({ count }) => count);
      let open = 0;
      try {
        open = await this.fillAll();
        failures = open === 0 ? 0 : failures + 1;
      } catch (error) {
        failures++;
        observer.failed('gap filler', error);
      }
      const waitMs = failures === 0 ? POLL_MS : backoffMs(failures, POLL_MS);
      const woken = new AbortController();
      const over = AbortSignal.any([signal, woken.signal]);
      await Promise.race(wakes.map((wake, i) => wake.after(seen[i] ?? 0, waitMs, over)));
      woken.abort();
    }
  }

  /** How many streams still wait. */
  private async fillAll(): Promise<number> {
    const { database } = this.options;
    const { rows } = await database.pool.query<OpenGap>(
      `select g.stream, g.owner, s.revision as last, g.attempts from inbox_gap g left join inbox_stream s on s.stream = g.stream
       order by g.attempts, g.since limit 100`,
    );
    for (const gap of rows) {
      if (this.stopping.signal.aborted) break;
      await this.fill(gap);
    }
    const left = await database.pool.query<{ open: number }>(
      'select count(*)::int as open from inbox_gap',
    );
    return left.rows[0]?.open ?? 0;
  }

  private async fill({ stream, owner, last }: OpenGap): Promise<void> {
    const { database, inbox, readers } = this.options;
    try {
      const reader = readers[owner];
      const events = (await reader?.ofStream(stream, last === null ? null : BigInt(last))) ?? [];
      await inbox.fill(owner, events);
      // A message that could not be read said nothing that the owner does not know, so nothing more is missing.
      await database.pool.query(
        'delete from inbox_gap g where stream = $1 and $2 and not exists (select from inbox_aside a where a.stream = g.stream)',
        [stream, reader !== undefined],
      );
      await this.note(
        stream,
        reader ? 'The owner does not have it yet.' : `Nobody to ask for ${owner}.`,
      );
    } catch (error) {
      this.options.observer.failed(`gap of ${stream}`, error);
      await this.note(stream, reasonOf(error, 'failed').reason);
    }
  }

  private async note(stream: string, lastError: string): Promise<void> {
    await this.options.database.pool.query(
      'update inbox_gap set attempts = attempts + 1, last_error = $2 where stream = $1',
      [stream, lastError],
    );
  }
}
