import { type EventLog, PostgresEventLog, postgresLogMigrations } from '@tributary/event-log';
import { feedMigrations } from '@tributary/feeds';
import { Database, EmbeddedPostgres } from '@tributary/postgres';
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchOptions } from './arguments';
import { median } from './rounds';

const SETTINGS = { shared_buffers: '2GB', max_wal_size: '8GB', checkpoint_timeout: '30min' };
const SHOWN = [
  'server_version',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'data_checksums',
  'wal_sync_method',
  'shared_buffers',
  'max_wal_size',
];
const PAGE_BYTES = 8192;
const PROBES = 200;

/** One server for the whole run, with everything on that production has: flushes, synchronous commits, checksums. */
export class BenchContext {
  private databases = 0;

  private constructor(
    private readonly options: BenchOptions,
    private readonly server: EmbeddedPostgres,
    readonly directory: string,
  ) {}

  static async start(options: BenchOptions): Promise<BenchContext> {
    const directory = await mkdtemp(join(tmpdir(), 'tributary-bench-'));
    const server = await EmbeddedPostgres.start({
      directory: join(directory, 'postgres'),
      settings: SETTINGS,
    });
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
    return openLog(url ?? (await this.freshDatabase()));
  }

  /** A schema of its own for what follows a log. */
  openFeedSchema(url: string, schema: string): Promise<Database> {
    return Database.open({ url, schema, migrations: feedMigrations });
  }

  /** What a figure cannot be read without. */
  async describe(): Promise<string[]> {
    const database = await Database.open({ url: await this.freshDatabase(), schema: 'bench' });
    const { rows } = await database.pool.query<{ name: string; setting: string }>(
      'select name, current_setting(name) as setting from unnest($1::text[]) as t (name)',
      [SHOWN],
    );
    await database.close();
    const load = loadavg().map((each) => each.toFixed(1));
    return [
      `${cpus().length} processors (${cpus()[0]?.model}), load ${load.join(' ')}, Node ${process.version}`,
      `PostgreSQL ${rows.map(({ name, setting }) => `${name}=${setting}`).join(' ')}`,
      `fdatasync of 8 kB: ${Math.round(this.flushesPerSecond()).toLocaleString('en-US')} /s`,
    ];
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** How fast this disk says that something is safe: what every durable append waits for. */
  private flushesPerSecond(): number {
    const file = openSync(join(this.directory, 'flush-probe'), 'w');
    const page = Buffer.alloc(PAGE_BYTES, 1);
    const elapsedMs: number[] = [];
    for (let i = 0; i < PROBES; i++) {
      writeSync(file, page, 0, PAGE_BYTES, i * PAGE_BYTES);
      const start = performance.now();
      fdatasyncSync(file);
      elapsedMs.push(performance.now() - start);
    }
    closeSync(file);
    return 1000 / median(elapsedMs);
  }
}

/** The log opens its own pools; whoever opened it this way closes the database with it. */
export async function openLog(url: string): Promise<EventLog> {
  const database = await Database.open({ url, schema: 'log', migrations: postgresLogMigrations });
  return await PostgresEventLog.open(database);
}
