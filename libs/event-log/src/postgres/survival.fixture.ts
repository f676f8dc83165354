import { hasCode } from '@tributary/kernel';
import type { Appended, Expected, PreparedEvent, Recorded, StreamName } from '@tributary/kernel';
import { Database, type EmbeddedPostgres } from '@tributary/postgres';
import type { Dice } from '../contract/dice.fixture';
import { eventsAfter, facts, someStream } from '../contract/facts.fixture';
import { postgresLogMigrations } from './migrations';
import { PostgresEventLog } from './postgres-event-log';

interface Acknowledged extends Appended {
  readonly stream: StreamName;
  readonly events: readonly PreparedEvent[];
}

const WRITERS = 24;

/** Kills the server again and again while many append and one subscribes, then counts: nothing lost, nothing twice, no gap. */
export async function surviveKills(
  server: EmbeddedPostgres,
  kills: number,
  dice: Dice,
): Promise<void> {
  const url = await server.ensureDatabase(`survival_${process.hrtime.bigint()}`);
  const database = await Database.open({ url, schema: 'log', migrations: postgresLogMigrations });
  const log = await PostgresEventLog.open(database, { giveUpAfterMs: 2_000 });
  const delivered: Recorded[] = [];
  const subscription = log.subscribe(0n);
  const consuming = (async () => {
    for await (const { events } of subscription) delivered.push(...events);
  })();

  const stop = new AbortController();
  const shared = someStream();
  const writing = Array.from({ length: WRITERS }, (_, i) =>
    write(log, i % 4 === 0 ? shared : undefined, stop.signal),
  );
  for (let kill = 0; kill < kills; kill++) {
    await pause(50 + dice.below(400));
    await server.kill();
    await server.restart();
  }
  await pause(200);
  stop.abort();
  const acknowledged = (await Promise.all(writing)).flat();

  const stored = await eventsAfter(log, 0n);
  expectNothingLost(stored, acknowledged);
  await subscribedThrough(delivered, stored.length);
  expect(delivered.map(({ id }) => id)).toEqual(stored.map(({ id }) => id));
  await subscription.close();
  await consuming;
  await log.close();
  await database.close();
}

/** What was not acknowledged is repeated as it is, until it was. */
async function write(
  log: PostgresEventLog,
  shared: StreamName | undefined,
  until: AbortSignal,
): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  let expected: Expected = 'none';
  let [stream, events] = [shared ?? someStream(), facts(2)];
  for (let pending = false; pending || !until.aborted;) {
    const [outcome]: [PromiseSettledResult<Appended>] = await Promise.allSettled([
      log.append(stream, expected, events),
    ]);
    pending = outcome.status === 'rejected';
    if (outcome.status === 'fulfilled') {
      acknowledged.push({ ...outcome.value, stream, events });
      expected = outcome.value.revision;
      if (shared === undefined && acknowledged.length % 5 === 0)
        [stream, expected] = [someStream(), 'none'];
      events = facts(2);
    } else if (hasCode(outcome.reason, 'revision_conflict')) {
      // Another writer was faster: the same facts, decided anew, under new ids.
      expected = outcome.reason.facts['actual'] as Expected;
      events = facts(2);
    } else if (hasCode(outcome.reason, 'unavailable')) {
      await pause(50);
    } else {
      throw outcome.reason;
    }
  }
  return acknowledged;
}

function expectNothingLost(
  stored: readonly Recorded[],
  acknowledged: readonly Acknowledged[],
): void {
  expect(acknowledged.length).toBeGreaterThan(0);
  expect(stored.map(({ position }) => position)).toEqual(stored.map((_, i) => BigInt(i + 1)));
  for (const { stream, revision, position, events } of acknowledged) {
    const found = stored.slice(Number(position) - events.length, Number(position));
    expect(found.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    expect(found.at(-1)).toMatchObject({ stream, revision });
  }
  expect(stored).toHaveLength(acknowledged.reduce((sum, { events }) => sum + events.length, 0));
}

async function subscribedThrough(delivered: readonly Recorded[], count: number): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (delivered.length < count && Date.now() < deadline) await pause(50);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
