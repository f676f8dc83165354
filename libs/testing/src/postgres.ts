import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EmbeddedPostgres } from '@tributary/postgres';
import { Client } from 'pg';

export interface TestPostgresOptions {
  readonly settings?: Readonly<Record<string, string | number>>;
  /** A server of one's own even where one is shared; for tests that kill it, and for those of durability. */
  readonly own?: boolean;
}

export interface TestPostgres {
  /** Url of a new, empty database. */
  freshDatabase(): Promise<string>;
  /** The server itself, to kill and restart it; undefined where it is shared. */
  readonly server: EmbeddedPostgres | undefined;
  /** Removes everything that was made. */
  stop(): Promise<void>;
}

const PREFIX = 'tributary-test-postgres-';
/** The url of one server for a whole run of tests, which `npm test` keeps: starting one per file took a third of the time. */
export const RUN_DATABASE_URL = 'TEST_RUN_DATABASE_URL';
const DEFAULTS = {
  synchronous_commit: 'off',
  max_wal_size: '256MB',
  shared_buffers: '64MB',
} as const;
/** Nothing on it outlives the run, so nothing has to reach the disk; files of two projects share its connections. */
const FOR_A_RUN = { ...DEFAULTS, fsync: 'off', full_page_writes: 'off', max_connections: 400 };

/** A throwaway server for a suite, or its own databases on that of the run: `beforeAll(async () => (postgres = await startTestPostgres()))`, `afterAll(() => postgres.stop())`. */
export async function startTestPostgres({
  settings = {},
  own = false,
}: TestPostgresOptions = {}): Promise<TestPostgres> {
  const given = process.env['TEST_DATABASE_URL'] || process.env[RUN_DATABASE_URL];
  if (given && !own) return onServer(given);

  const { server, stop } = await startThrowaway({ ...DEFAULTS, ...settings });
  return {
    server,
    freshDatabase: async () => await server.ensureDatabase(freshName()),
    stop,
  };
}

/** The server behind `TEST_RUN_DATABASE_URL`. */
export const startPostgresForARun = (): Promise<Throwaway> => startThrowaway(FOR_A_RUN);

interface Throwaway {
  readonly server: EmbeddedPostgres;
  readonly stop: () => Promise<void>;
}

async function startThrowaway(
  settings: Readonly<Record<string, string | number>>,
): Promise<Throwaway> {
  await removeLeftovers();
  const directory = await mkdtemp(join(tmpdir(), PREFIX));
  const server = await EmbeddedPostgres.start({ directory, throwaway: true, settings });
  return {
    server,
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function onServer(url: string): TestPostgres {
  const made: string[] = [];
  return {
    server: undefined,
    async freshDatabase() {
      const name = freshName();
      await execute(url, `create database ${name}`);
      made.push(name);
      const fresh = new URL(url);
      fresh.pathname = `/${name}`;
      return fresh.href;
    },
    async stop() {
      for (const name of made) await execute(url, `drop database if exists ${name} with (force)`);
    },
  };
}

const freshName = (): string => `test_${randomBytes(8).toString('hex')}`;

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Servers of test runs that were killed. */
async function removeLeftovers(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX));
  for (const name of names) {
    const directory = join(tmpdir(), name);
    if (await isOurs(directory)) await EmbeddedPostgres.removeAbandoned(directory);
  }
}

/** False as well when another run has just removed it. */
async function isOurs(directory: string): Promise<boolean> {
  const [found] = await Promise.allSettled([stat(directory)]);
  return (
    found.status === 'fulfilled' && found.value.uid === (process.getuid?.() ?? found.value.uid)
  );
}
