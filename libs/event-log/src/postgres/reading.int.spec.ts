import { Database } from '@tributary/postgres';
import { startTestPostgres, type TestPostgres } from '@tributary/testing';
import { eventsAfter, facts, idsOfEvents, said, someStream } from '../contract/facts.fixture';
import { postgresLogMigrations } from './migrations';
import { PostgresEventLog } from './postgres-event-log';

let postgres: TestPostgres;
let database: Database;
let log: PostgresEventLog;

beforeAll(async () => {
  postgres = await startTestPostgres();
});

beforeEach(async () => {
  const url = await postgres.freshDatabase();
  database = await Database.open({ url, schema: 'log', migrations: postgresLogMigrations });
  log = await PostgresEventLog.open(database);
});

afterEach(async () => {
  await log.close();
  await database.close();
});

afterAll(() => postgres.stop());

describe('reading the log in bundles', () => {
  it('loses and repeats nothing where a bundle ends, wherever reading begins', async () => {
    const sent = Array.from({ length: 13 }, () => facts(10));
    for (const events of sent) await log.append(someStream(), 'none', events);
    const ids = idsOfEvents(sent.flat());
    for (const after of [0, 1, 63, 64, 65, 127, 128, 129, 130])
      expect(idsOfEvents(await eventsAfter(log, BigInt(after)))).toEqual(ids.slice(after));
  });

  it('brings whatever stands in an event, and the largest beside the smallest', async () => {
    const odd = { text: 'tab\t "quote" \\ line\n \\N ção \u001e', gone: null, list: [1, 'x'] };
    const large = { text: 'x'.repeat(50_000), more: ['€'.repeat(1_000)] };
    const all = Array.from({ length: 130 }, (_, i) => [odd, { i }, large][i % 3] as typeof odd);
    for (let i = 0; i < all.length; i += 5)
      await log.append(someStream(), 'none', said(all.slice(i, i + 5)));
    expect((await eventsAfter(log, 0n)).map(({ data }) => data)).toEqual(all);
  });

  it('leaves no connection in the middle of a copy when it is left early', async () => {
    const large = { text: 'x'.repeat(50_000) };
    for (let i = 0; i < 40; i++)
      await log.append(someStream(), 'none', said(Array.from({ length: 10 }, () => large)));
    const { pool } = database;
    // More often than there are connections: one that stayed behind each time would leave none for the last.
    for (let i = 0; i < 12; i++) {
      for await (const { events } of log.readAll(0n)) {
        expect(events.length).toBeGreaterThan(0);
        break;
      }
      expect(pool.totalCount - pool.idleCount).toBe(0);
    }
    expect(await log.head()).toBe(400n);
  });
});
