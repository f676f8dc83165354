import { randomBytes } from 'node:crypto';
import { startTestPostgres } from '@tributary/testing';
import { Client } from 'pg';
import { type OpenPrivacy, openPrivacy } from '../open-privacy';
import type { Privacy } from '../privacy';

export type Row = Record<string, unknown>;

export interface Interleaved<T> {
  readonly write: string;
  readonly values: unknown[];
  /** Has to wait for what was written. */
  readonly meanwhile: () => Promise<T>;
  readonly beforeEnd?: () => Promise<void>;
  readonly end: 'commit' | 'rollback';
}

export interface PrivacySite {
  readonly url: string;
  readonly masterKey: Uint8Array;
  /** As another process would see it: with connections and memories of its own. */
  process(): Promise<Privacy>;
  /** Long enough for every process to look again. */
  letTimePass(): void;
  rowsOf(statement: string, values?: unknown[]): Promise<Row[]>;
  /** Something that waits for a row which somebody else has written and neither committed nor given up. */
  whileUncommitted<T>(interleaved: Interleaved<T>): Promise<T>;
  stop(): Promise<void>;
}

/** A database that several processes share. */
export async function startPrivacySite(): Promise<PrivacySite> {
  const postgres = await startTestPostgres();
  const url = await postgres.freshDatabase();
  const masterKey = randomBytes(32);
  const opened: OpenPrivacy[] = [];
  let nowMs = 1_000_000;
  const rowsOf = (statement: string, values: unknown[] = []) =>
    connected(url, async (client) => (await client.query<Row>(statement, values)).rows);
  return {
    url,
    masterKey,
    async process() {
      const process = await openPrivacy({ url, masterKey, now: () => nowMs, poolSize: 2 });
      opened.push(process);
      return process.privacy;
    },
    letTimePass: () => void (nowMs += 5_000),
    rowsOf,
    whileUncommitted: ({ write, values, meanwhile, beforeEnd, end }) =>
      connected(url, async (client) => {
        await client.query('begin');
        await client.query(write, values);
        const outcome = meanwhile();
        await someoneWaits(rowsOf);
        await beforeEnd?.();
        await client.query(end);
        return await outcome;
      }),
    async stop() {
      for (const process of opened) await process.close();
      await postgres.stop();
    },
  };
}

async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function someoneWaits(rowsOf: PrivacySite['rowsOf']): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const waiting = await rowsOf(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (waiting.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('Nobody waited for the row.');
}
