import type { Recorded } from '@tributary/kernel';
import { Database } from '@tributary/postgres';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { eventsAfter, facts, someStream } from '../contract/facts.fixture';
import { postgresLogMigrations } from './migrations';
import { PostgresEventLog } from './postgres-event-log';

let postgres: TestPostgres;
const toClose: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});
afterAll(() => postgres.stop());

/** As in a process of its own. */
async function opened(url: string) {
  const migrations = postgresLogMigrations;
  const database = await Database.open({ url, schema: 'log', migrations });
  toClose.push(() => database.close());
  const log = await PostgresEventLog.open(database);
  toClose.push(() => log.close());
  return { log, pool: database.pool };
}

const openLog = async (url: string) => (await opened(url)).log;

async function followed(log: PostgresEventLog, count: number): Promise<readonly Recorded[]> {
  const found: Recorded[] = [];
  for await (const { events } of log.subscribe(0n)) {
    found.push(...events);
    if (found.length >= count) break;
  }
  return found;
}

describe('following a log in the process that writes it', () => {
  it('hands over what was written here just as the log holds it, between what others write', async () => {
    const url = await postgres.freshDatabase();
    const [here, there] = [await openLog(url), await openLog(url)];
    const following = [followed(here, 120), followed(there, 120)];
    for (let i = 0; i < 10; i++) {
      await here.append(someStream(), 'none', facts(2));
      const many = Array.from({ length: 8 }, () => someStream());
      await here.appendMany(
        many.map((stream) => ({ stream, expected: 'none' as const, events: facts(1) })),
      );
      await Promise.all([
        there.append(someStream(), 'none', facts(1)),
        here.append(someStream(), 'none', facts(1)),
      ]);
    }
    const stored = await eventsAfter(here, 0n);
    expect(stored).toHaveLength(120);
    for (const found of await Promise.all(following)) expect(found).toEqual(stored);
  });

  it('does not ask the server for what it was just sent', async () => {
    const { log, pool } = await opened(await postgres.freshDatabase());
    const query = jest.spyOn(pool, 'query');
    const subscription = log.subscribe(0n)[Symbol.asyncIterator]();
    await subscription.next();
    for (let i = 0; i < 40; i++) {
      const { position } = await log.append(someStream(), 'none', facts(1));
      const { value } = await subscription.next();
      expect(value?.through).toBe(position);
    }
    const pages = await Promise.all(query.mock.results.map(({ value }) => value as unknown));
    const rows = pages.flatMap((page) => (page as { readonly rows: readonly unknown[] }).rows);
    // A look that was on its way already may bring one along.
    expect(rows.filter((row) => Array.isArray(row) && row.length > 1).length).toBeLessThan(20);
    await subscription.return?.();
  });
});
