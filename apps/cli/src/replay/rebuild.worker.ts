import { on } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';

import { PostgresEventLog, postgresLogMigrations } from '@tributary/event-log';
import { CodedError, invariant } from '@tributary/kernel';
import { Database } from '@tributary/postgres';
import { DEFINITIONS } from '@tributary/standalone';

import { rebuildAll } from './rebuild';
import type { Heard, Told } from './rebuild-thread';

invariant(parentPort, 'this is a thread that somebody has started');
const port = parentPort;
const tell = (heard: Heard): void => port.postMessage(heard);

const telling = on(port, 'message');

async function told(): Promise<Told> {
  const { value } = (await telling.next()) as { readonly value: readonly [Told] };
  return value[0];
}

async function rebuild(url: string): Promise<void> {
  const migrations = [...postgresLogMigrations];
  const database = await Database.open({ url, schema: 'log', migrations });
  const log = await PostgresEventLog.open(database);
  try {
    const services = await rebuildAll({
      url,
      log,
      services: DEFINITIONS,
      isWhole: async () => (await told()) === 'whole',
      progress: (through, head) => tell({ tells: 'progress', through, head }),
    });
    tell({ tells: 'rebuilt', services });
  } finally {
    await log.close();
    await database.close();
  }
}

async function work(): Promise<void> {
  try {
    if ((await told()) === 'begin') await rebuild(workerData as string);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    const { code, message, facts } = error;
    tell({ tells: 'failure', failure: { code, message, facts } });
  } finally {
    port.close();
  }
}

void work();
