import { type EventLog, PostgresEventLog, postgresLogMigrations } from '@tributary/event-log';
import { Database, EmbeddedPostgres } from '@tributary/postgres';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface BenchOptions {
  readonly rounds: number;
  readonly roundMs: number;
  readonly events: number;
  readonly full: boolean;
}

/** One server for the whole run, with everything on that production has: flushes, synchronous commits, checksums. */
export class BenchContext {
  private databases = 0;

  private constructor(
    private readonly options: BenchOptions,
    private readonly server: EmbeddedPostgres,
    private readonly directory: string,
  ) {}

  static async start(options: BenchOptions): Promise<BenchContext> {
    const directory = await mkdtemp(join(tmpdir(), 'tributary-bench-'));
    const settings = { shared_buffers: '2GB', max_wal_size: '8GB', checkpoint_timeout: '30min' };
    const server = await EmbeddedPostgres.start({ directory, settings });
    return new BenchContext(options, server, directory);
  }

  get rounds(): number {
    return this.options.rounds;
  }

  get roundMs(): number {
    return this.options.roundMs;
  }

  get events(): number {
    return this.options.events;
  }

  get full(): boolean {
    return this.options.full;
  }

  freshDatabase(): Promise<string> {
    return this.server.ensureDatabase(`bench_${++this.databases}`);
  }

  async openLog(url?: string): Promise<EventLog> {
    const database = await Database.open({
      url: url ?? (await this.freshDatabase()),
      schema: 'log',
      migrations: postgresLogMigrations,
    });
    return await PostgresEventLog.open(database);
  }

  /** The settings that a figure cannot be read without. */
  async describeServer(): Promise<string[]> {
    const database = await Database.open({ url: await this.freshDatabase(), schema: 'bench' });
    const { rows } = await database.pool.query<{ name: string; setting: string }>(
      `select name, setting from pg_settings where name in
        ('server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'wal_sync_method')`,
    );
    await database.close();
    return [`PostgreSQL ${rows.map(({ name, setting }) => `${name}=${setting}`).join(' ')}`];
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}
