import { unavailable } from '@tributary/kernel';
import type {
  Appended,
  Expected,
  PreparedEvent,
  Recorded,
  StreamAppend,
  StreamName,
} from '@tributary/kernel';
import { type Database, isPassing } from '@tributary/postgres';
import { Pool } from 'pg';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions';
import type {
  Batch,
  CopiedAppend,
  CopyTarget,
  FieldRow,
  Fields,
  Filter,
  Position,
  Subscription,
} from '../port';
import { PullSubscription } from '../pull-subscription';
import { BatchWriter, type WrittenBatch } from './batch-writer';
import { bulkAppend } from './bulk-append';
import { readFields } from './field-reader';
import { GroupCommit } from './group-commit';
import { NewestAppends } from './newest-appends';
import { Reader } from './reader';
import { WakeCalls } from './wake-calls';

export type { WrittenBatch };

export interface PostgresEventLogOptions {
  /** The clock of `recordedAt`, in milliseconds. */
  readonly now?: () => number;
  /** How often a subscription looks by itself; calls from writers only shorten the wait. */
  readonly pollMs?: number;
  /** How long an append is tried again before it is told `unavailable`. */
  readonly giveUpAfterMs?: number;
  /** Beyond this many waiting appends, more are told `unavailable` at once. */
  readonly maxQueuedAppends?: number;
  /** Each committed batch, for metrics. */
  readonly onBatch?: (batch: WrittenBatch) => void;
  /** Failures that the log overcomes by itself: lost connections, missed wake-up calls. */
  readonly onError?: (error: unknown) => void;
}

const DEFAULTS = {
  now: Date.now,
  pollMs: 250,
  giveUpAfterMs: 10_000,
  maxQueuedAppends: 10_000,
  onBatch: () => undefined,
  onError: () => undefined,
} satisfies PostgresEventLogOptions;

const SINGLE = { maxBatchEvents: 1_000, maxBatchBytes: 4 * 1024 * 1024 };
const BULK = { maxBatchEvents: 4_000, maxBatchBytes: 8 * 1024 * 1024 };
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;

/** No caller waits longer for one attempt, whether the server is slow, locked or silent. */
const LIMITS_MS = { connect: 5_000, lock: 5_000, statement: 8_000, answer: 10_000 };

export class PostgresEventLog implements CopyTarget {
  private readonly reader: Reader;
  private readonly writer: BatchWriter;
  private readonly commits: GroupCommit;
  private readonly calls: WakeCalls;
  private readonly appendPool: Pool;
  private readonly subscriptions = new Set<PullSubscription>();
  private readonly newest = new NewestAppends();
  private closed = false;

  private constructor(
    private readonly database: Database,
    private readonly options: Required<PostgresEventLogOptions>,
  ) {
    const { url } = database.dataSource.options as PostgresDataSourceOptions;
    const { schema, pool } = database;
    const { now, giveUpAfterMs, maxQueuedAppends, onBatch, onError } = options;
    this.appendPool = appendPoolOf(url as string, schema);
    this.appendPool.on('error', onError);
    // The pool listens to idle ones alone. A server may let us in and be gone in the same breath, before whoever asked for the
    // connection has got it, and an error that nobody listens to ends the process. The first statement fails anyway.
    this.appendPool.on('connect', (client) => client.on('error', () => undefined));
    this.reader = new Reader(pool);
    this.calls = new WakeCalls({
      pool,
      url: url as string,
      schema,
      wake: (head) => {
        if (head === undefined) this.newest.forget();
        else this.newest.hear(head);
        this.wake();
      },
      onError,
    });
    this.writer = new BatchWriter({
      pool: this.appendPool,
      giveUpAfterMs,
      onWritten: (batch, { lines, base, head }) => {
        this.newest.note(lines, base, this.subscriptions.size > 0);
        this.wake();
        this.calls.announce(head);
        onBatch(batch);
      },
    });
    this.commits = new GroupCommit({
      writer: this.writer,
      now,
      maxQueuedAppends,
      maxQueuedBytes: MAX_QUEUED_BYTES,
      ...SINGLE,
    });
  }

  /** The schema must hold the tables of `postgresLogMigrations`. The database stays the caller's to close. */
  static async open(
    database: Database,
    options: PostgresEventLogOptions = {},
  ): Promise<PostgresEventLog> {
    const log = new PostgresEventLog(database, { ...DEFAULTS, ...options });
    await log.head();
    return log;
  }

  append(
    stream: StreamName,
    expected: Expected,
    events: readonly PreparedEvent[],
  ): Promise<Appended> {
    return this.commits.append(stream, expected, events);
  }

  async appendMany(
    appends: readonly StreamAppend[],
  ): Promise<readonly PromiseSettledResult<Appended>[]> {
    this.assertOpen();
    const { now } = this.options;
    return bulkAppend(appends, { writer: this.writer, now, inFlight: 2, ...BULK });
  }

  async copyIn(appends: readonly CopiedAppend[]): Promise<readonly Appended[]> {
    this.assertOpen();
    const { now } = this.options;
    const verdicts = await bulkAppend(appends, { writer: this.writer, now, inFlight: 1, ...BULK });
    return verdicts.map((verdict) => {
      if (verdict.status === 'rejected') throw verdict.reason;
      return verdict.value;
    });
  }

  async *read(
    stream: StreamName,
    from?: bigint,
    through?: bigint,
  ): AsyncGenerator<Recorded, void, undefined> {
    this.assertOpen();
    yield* this.reader.stream({ stream, from, through });
  }

  async *readAll(after: Position, filter: Filter = {}): AsyncGenerator<Batch, void, undefined> {
    this.assertOpen();
    yield* this.reader.all(after, filter);
  }

  async *readFields(
    after: Position,
    fields: Fields,
    through?: Position,
  ): AsyncGenerator<readonly FieldRow[], void, undefined> {
    this.assertOpen();
    yield* readFields(this.database.pool, () => this.reader.head(), { after, fields, through });
  }

  subscribe(after: Position, filter: Filter = {}): Subscription {
    this.assertOpen();
    const stored = this.reader.pages(filter);
    const subscription = new PullSubscription(after, {
      page: async (from) => this.newest.pageAfter(from, filter) ?? (await stored(from)),
      retries: (error) => {
        this.options.onError(error);
        return isPassing(error);
      },
      pollMs: this.options.pollMs,
      onClose: (closed) => {
        this.subscriptions.delete(closed);
        if (this.subscriptions.size === 0) this.newest.forget();
      },
    });
    this.subscriptions.add(subscription);
    this.calls.listen();
    return subscription;
  }

  async head(): Promise<Position> {
    this.assertOpen();
    return this.reader.head();
  }

  /** Settles the appends that it took, and ends its subscriptions. */
  async close(): Promise<void> {
    this.closed = true;
    for (const subscription of [...this.subscriptions]) await subscription.close();
    await this.commits.close();
    await this.calls.close();
    if (!this.appendPool.ending) await this.appendPool.end();
  }

  private wake(): void {
    for (const subscription of this.subscriptions) subscription.wake();
  }

  private assertOpen(): void {
    if (this.closed) throw unavailable('The event log, which was closed,');
  }
}

/** Connections of its own, so that no reader keeps an append waiting, and every attempt ends in time. */
function appendPoolOf(url: string, schema: string): Pool {
  const settings = {
    search_path: schema,
    // A plan for the values at hand costs more than it saves: there is only one way to do this.
    plan_cache_mode: 'force_generic_plan',
    lock_timeout: LIMITS_MS.lock,
    statement_timeout: LIMITS_MS.statement,
  };
  return new Pool({
    connectionString: url,
    application_name: `tributary ${schema} append`,
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    max: 3,
    keepAlive: true,
    connectionTimeoutMillis: LIMITS_MS.connect,
    query_timeout: LIMITS_MS.answer,
  });
}
