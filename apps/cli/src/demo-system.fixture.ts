import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import type { CodedError } from '@tributary/kernel';
import { coreSettings, serve } from '@tributary/platform';
import { collectingLogger, testMasterKey } from '@tributary/platform/testing';
import { DEMO_ROLES, DEMO_TENANT, type DemoKeys, SERVICES, playDemo } from '@tributary/standalone';
import type { TestPostgres } from '@tributary/testing';
import { Client } from 'pg';

export interface DemoSystem {
  readonly url: string;
  readonly address: string;
  readonly keys: DemoKeys;
  /** Public key of the log. */
  readonly key: string;
  /** The path that tells what the demo partner has earned. */
  readonly earned: string;
  /** A key of this role, as the administrator would issue one more. */
  issueKey(role: 'finance' | 'upstream'): Promise<string>;
  /** Nothing is appended any more, everybody has read it, and the last of it is signed. */
  still(): Promise<void>;
  /** Stops the services; the database stays. */
  stop(): Promise<void>;
}

const PATIENCE_MS = 120_000;

/** All services over one database, with the demo programme told, everything that follows from it done, and all of it signed. */
export async function startDemo(postgres: TestPostgres): Promise<DemoSystem> {
  const url = await postgres.freshDatabase();
  const signer = await mkdtemp(join(tmpdir(), 'signer-'));
  const settings = coreSettings.read({
    DATABASE_URL: url,
    PRIVACY_MASTER_KEY: testMasterKey,
    LOG_SIGNER_DIRECTORY: signer,
    PORT: '0',
  });
  const { logger } = collectingLogger();
  const serving = await serve({ name: 'demo', modules: SERVICES, settings, logger });
  let isRunning = true;
  const stop = async (): Promise<void> => {
    if (isRunning) await serving.close();
    isRunning = false;
    await rm(signer, { recursive: true, force: true });
  };
  try {
    const address = await serving.listen();
    const issued = await Promise.all(
      DEMO_ROLES.map(async (role) => {
        const { key } = await serving.keys.issueKey({ tenant: DEMO_TENANT, role, label: 'test' });
        return [role, key] as const;
      }),
    );
    const keys = Object.fromEntries(issued) as unknown as DemoKeys;
    const { earned } = await playPatiently(address, keys);
    await untilStill(url);
    const key = (await readFile(join(signer, 'signer.pub'), 'utf8')).trim();
    const issueKey = async (role: 'finance' | 'upstream'): Promise<string> =>
      (await serving.keys.issueKey({ tenant: DEMO_TENANT, role, label: 'test' })).key;
    const still = () => untilStill(url);
    return { url, address, keys, key, earned, issueKey, still, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A machine that has too much to do refuses what it cannot do in time; telling the demo again changes nothing. */
async function playPatiently(...told: Parameters<typeof playDemo>): ReturnType<typeof playDemo> {
  for (const startedAt = performance.now(); ;) {
    const [played] = await Promise.allSettled([playDemo(...told)]);
    if (played.status === 'fulfilled') return played.value;
    const { answer } = (played.reason as Partial<CodedError>).facts ?? {};
    const isBusy = (answer as { readonly code?: string } | undefined)?.code === 'unavailable';
    if (!isBusy || performance.now() - startedAt > PATIENCE_MS) throw played.reason;
    await setTimeout(1_000);
  }
}

/** Nothing is appended any more, everybody has read it, and the last of it is signed. */
async function untilStill(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const startedAt = performance.now();
    for (let last = '', same = 0; same < 4;) {
      if (performance.now() - startedAt > PATIENCE_MS) throw new Error(`The demo goes on: ${last}`);
      const { rows } = await client.query<{ head: string; sealed: string; signed: string }>(
        `select (select max(position) from log.event) as head, (select position from ledger.tree) as sealed,
           (select max(size) from ledger.checkpoint) - (select size from ledger.tree) as signed`,
      );
      const [row] = rows;
      const now = JSON.stringify(row);
      same = now === last && row?.head === row?.sealed && row?.signed === '0' ? same + 1 : 0;
      last = now;
      await setTimeout(250);
    }
  } finally {
    await client.end();
  }
}
