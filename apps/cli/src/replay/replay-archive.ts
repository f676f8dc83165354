import {
  type ArchivedEvent,
  type OpenedArchive,
  PostgresEventLog,
  openArchive,
  postgresLogMigrations,
  takeArchive,
} from '@tributary/event-log';
import type { Projection } from '@tributary/feeds';
import { schemaOf } from '@tributary/platform';
import { Database, openClient, orUnavailable, withClient } from '@tributary/postgres';
import { DEFINITIONS } from '@tributary/standalone';
import type { Client } from 'pg';

import { forAMoment } from '../log-source';
import { LogVerifier } from '../verify/log-verifier';
import { Postings } from '../verify/postings';
import { type ComparedTable, type OfService, compareTable } from './compare';
import { RebuildThread } from './rebuild-thread';
import { digestedColumns } from './table-digest';

export interface Replay {
  /** Of an archive of the whole log. */
  readonly lines: AsyncIterable<string>;
  /** An empty database, or one that an interrupted replay of the same archive has begun to fill. */
  readonly into: string;
  /** Of the live system, by service; left out, nothing is compared. */
  readonly live?: (service: string) => string;
  readonly progress: (stage: 'compare' | 'import' | 'rebuild', done: number, of: number) => void;
}

export interface Replayed {
  readonly verifier: LogVerifier;
  readonly postings: Postings;
  readonly tables: readonly ComparedTable[];
  readonly parked: number;
  /** How many events the live log has and the archive has not; 0 where nothing was compared. */
  readonly movedOn: bigint;
  readonly importSeconds: number;
  /** What was left to do when all was imported. */
  readonly rebuildSeconds: number;
}

/** From a file to the full state of every service, and what of it differs from a system at work. */
export async function replayArchive(replay: Replay): Promise<Replayed> {
  const { into, progress, live } = replay;
  const startedAt = performance.now();
  const thread = new RebuildThread(into, (through, head) =>
    progress('rebuild', Number(through), Number(head)),
  );
  try {
    const { ours, ...judged } = await imported(replay, thread);
    const importedAt = performance.now();
    const rebuilt = await thread.finish();
    const rebuiltAt = performance.now();
    const { tables, head } = await compared(into, live, progress);
    return {
      ...judged,
      tables,
      parked: rebuilt.reduce((sum, { parked }) => sum + parked, 0),
      movedOn: head !== undefined && head > ours ? head - ours : 0n,
      importSeconds: (importedAt - startedAt) / 1000,
      rebuildSeconds: (rebuiltAt - importedAt) / 1000,
    };
  } finally {
    await thread.stop();
  }
}

/** Every event is looked at while it passes, so that the file is read once. */
async function imported(
  { lines, into, progress }: Replay,
  thread: RebuildThread,
): Promise<Pick<Replayed, 'postings' | 'verifier'> & { readonly ours: bigint }> {
  const verifier = new LogVerifier({ dense: false });
  const postings = new Postings();
  const migrations = [...postgresLogMigrations];
  const database = await Database.open({ url: into, schema: 'log', migrations });
  const log = await PostgresEventLog.open(database);
  try {
    const opened = await openArchive(lines);
    const judged = judgedBy(opened, verifier, postings);
    await takeArchive(log, judged, (events) => {
      thread.written();
      progress('import', events, 0);
    });
    postings.finish();
    return { verifier, postings, ours: await log.head() };
  } finally {
    await log.close();
    await database.close();
  }
}

function judgedBy(opened: OpenedArchive, verifier: LogVerifier, postings: Postings): OpenedArchive {
  async function* judged(): AsyncGenerator<ArchivedEvent, void, undefined> {
    for await (const archived of opened.events) {
      verifier.take(archived.event);
      if (verifier.findings.length === 0) postings.take(archived.event);
      yield archived;
    }
  }
  return { ...opened, events: judged() };
}

const TABLES: readonly OfService[] = DEFINITIONS.flatMap((definition) => {
  const { name: service, projections = [], inboxProjections = [] } = definition;
  const tablesOf = (of: readonly Projection[], feed: 'inbox' | 'log') =>
    of.flatMap(({ tables }) =>
      Object.entries(tables).map(([name, table]) => ({
        service,
        schema: schemaOf(definition),
        name,
        ...digestedColumns(table, feed),
      })),
    );
  return [...tablesOf(projections, 'log'), ...tablesOf(inboxProjections, 'inbox')];
});

/** All services side by side, table by table: each service in one moment of both databases. */
async function compared(
  into: string,
  live: Replay['live'],
  progress: Replay['progress'],
): Promise<{ readonly tables: readonly ComparedTable[]; readonly head: bigint | undefined }> {
  let done = 0;
  const compare = async (name: string): Promise<readonly ComparedTable[]> => {
    const ours = await snapshotOf(into);
    const theirs = live && (await snapshotOf(live(name)).catch(endedWith(ours)));
    const tables: ComparedTable[] = [];
    for await (const table of tablesOf(name, ours, theirs)) {
      tables.push(table);
      progress('compare', ++done, TABLES.length);
    }
    return tables;
  };
  const each = await Promise.allSettled(DEFINITIONS.map(({ name }) => compare(name)));
  const tables = each.flatMap((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
  return { tables, head: live && (await headOf(live('log'))) };
}

async function* tablesOf(
  name: string,
  ours: Client,
  theirs: Client | undefined,
): AsyncGenerator<ComparedTable, void, undefined> {
  try {
    for (const table of TABLES)
      if (table.service === name) yield await compareTable(table, ours, theirs);
  } catch (error) {
    throw orUnavailable(error);
  } finally {
    await ours.end();
    await theirs?.end();
  }
}

const endedWith =
  (client: Client) =>
  async (error: unknown): Promise<never> => {
    await client.end();
    throw error;
  };

async function snapshotOf(url: string): Promise<Client> {
  const client = await openClient(forAMoment(url));
  try {
    await client.query(`set timezone = 'UTC'`);
    await client.query('begin isolation level repeatable read, read only');
    return client;
  } catch (error) {
    await client.end();
    throw orUnavailable(error);
  }
}

/** Undefined where the log lies somewhere else. */
const headOf = (url: string): Promise<bigint | undefined> =>
  withClient(forAMoment(url), async (client) => {
    const { rows } = await client.query<{ there: boolean }>(
      `select to_regclass('log.event') is not null as there`,
    );
    if (!rows[0]?.there) return undefined;
    const found = await client.query<{ head: string | null }>(
      'select max(position) as head from log.event',
    );
    return BigInt(found.rows[0]?.head ?? 0);
  });
