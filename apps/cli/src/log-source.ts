import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { type EventLog, PostgresEventLog } from '@tributary/event-log';
import { CodedError, type Recorded } from '@tributary/kernel';
import { Database, EmbeddedPostgres, withClient } from '@tributary/postgres';
import type { ClientConfig } from 'pg';

const WORKSPACE = resolve(__dirname, '..', '..', '..');
const DATABASE = 'tributary';

export interface Source {
  readonly url: string;
  close(): Promise<void>;
}

const nothingToClose = async (): Promise<void> => undefined;

export const dataDirectoryOf = (given: string | undefined): string =>
  given ? resolve(given) : join(WORKSPACE, '.data');

/** The database that was named, or that of our own PostgreSQL: as it runs, or started for the time of the reading. */
export async function sourceOf(url: string | undefined, dataDirectory?: string): Promise<Source> {
  if (url) return { url, close: nothingToClose };
  const directory = join(dataDirectoryOf(dataDirectory), 'postgres');
  const running = await EmbeddedPostgres.urlOfRunning(directory, DATABASE);
  if (running !== undefined) return { url: running, close: nothingToClose };
  if (!existsSync(join(directory, 'cluster'))) {
    throw new CodedError(
      'database_url_missing',
      `Which database? Give --url, set DATABASE_URL, or start Tributary once: there is no data in ${directory}.`,
      { directory },
    );
  }
  const server = await EmbeddedPostgres.start({ directory });
  return { url: await server.ensureDatabase(DATABASE), close: async () => await server.stop() };
}

/** Everything in a log, event by event. */
export async function* eventsIn(
  log: Pick<EventLog, 'readAll'>,
): AsyncGenerator<Recorded, void, undefined> {
  for await (const { events } of log.readAll(0n)) yield* events;
}

/** An archive or a pack without an event would say of a name that was mistyped that all is well. */
export const tenantUnknown = (tenant: string): CodedError =>
  new CodedError('tenant_unknown', `The log holds no event of tenant ${tenant} up to there.`, {
    tenant,
  });

/** How a command connects past the pools; a server that keeps silent is not waited for. */
export const forAMoment = (url: string): ClientConfig => ({
  connectionString: url,
  connectionTimeoutMillis: 10_000,
});

/** Opens a log that exists; a reader makes none. */
export async function openLog(url: string, schema: string): Promise<EventLog> {
  await assertLog(url, schema);
  const database = await Database.open({ url, schema });
  try {
    return await PostgresEventLog.open(database);
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function assertLog(url: string, schema: string): Promise<void> {
  const found = await withClient(forAMoment(url), async (client) => {
    const table = `${client.escapeIdentifier(schema)}.event`;
    return await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [
      table,
    ]);
  });
  if (found.rows[0]?.there) return;
  throw new CodedError(
    'no_event_log',
    `There is no event log in schema ${schema} of that database.`,
    {
      schema,
    },
  );
}
