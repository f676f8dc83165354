import { streamOf } from '@tributary/kernel';
import { Database } from '@tributary/postgres';
import { facts } from '../contract/facts.fixture';
import { PostgresEventLog } from './postgres-event-log';

/** Another process that appends: `<url> <tenant> <appends>`; half of them to a stream that all share, deciding anew on conflict. */
async function main([url, tenant, appends]: readonly string[]): Promise<void> {
  if (!url || !tenant || !appends) throw new Error('Usage: <url> <tenant> <appends>');
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
  const acknowledged = await Promise.all(
    Array.from({ length: Number(appends) }, (_, i) => writeOne(i)),
  );
  await log.close();
  await database.close();
  process.stdout.write(JSON.stringify(acknowledged.flat()));
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
