import { streamOf } from '@tributary/kernel';
import { Database } from '@tributary/postgres';
import { facts } from '../contract/facts.fixture';
import { PostgresEventLog } from './postgres-event-log';

/**
 * Another process that appends: `<url> <tenant> <appends> [<bulks>]`; half of them to a stream that all share, deciding anew
 * on conflict, and meanwhile so many times 300 new streams at once.
 */
async function main([url, tenant, appends, bulks = '0']: readonly string[]): Promise<void> {
  if (!url || !tenant || !appends) throw new Error('Usage: <url> <tenant> <appends> [<bulks>]');
  const database = await Database.open({ url, schema: 'log' });
  const log = await PostgresEventLog.open(database);
  const shared = streamOf('shared', tenant, 'a');
  const writeOne = async (i: number): Promise<string[]> => {
    const events = facts(2);
    if (i % 2 === 0)
      await log.append(streamOf('own', tenant, `${process.pid}x${i}`), 'none', events);
    else await appendToShared(log, shared, events);
    return events.map(({ id }) => id);
  };
  const acknowledged = await Promise.all([
    ...Array.from({ length: Number(appends) }, (_, i) => writeOne(i)),
    ...Array.from({ length: Number(bulks) }, (_, i) => writeBulk(log, tenant, i)),
  ]);
  await log.close();
  await database.close();
  process.stdout.write(JSON.stringify(acknowledged.flat()));
}

async function writeBulk(log: PostgresEventLog, tenant: string, bulk: number): Promise<string[]> {
  const appends = Array.from({ length: 300 }, (_, i) => ({
    stream: streamOf('bulk', tenant, `${process.pid}x${bulk}x${i}`),
    expected: 'none' as const,
    events: facts(2),
  }));
  const verdicts = await log.appendMany(appends);
  const refused = verdicts.find(({ status }) => status === 'rejected');
  if (refused) throw new Error('An append to a new stream was refused.', { cause: refused });
  return appends.flatMap(({ events }) => events.map(({ id }) => id));
}

async function appendToShared(
  log: PostgresEventLog,
  stream: ReturnType<typeof streamOf>,
  events: ReturnType<typeof facts>,
): Promise<void> {
  for (;;) {
    let last: bigint | 'none' = 'none';
    for await (const { revision } of log.read(stream)) last = revision;
    const [outcome] = await Promise.allSettled([log.append(stream, last, events)]);
    if (outcome.status === 'fulfilled') return;
    if ((outcome.reason as { code?: string }).code !== 'revision_conflict')
      throw outcome.reason as Error;
  }
}

void main(process.argv.slice(2));
