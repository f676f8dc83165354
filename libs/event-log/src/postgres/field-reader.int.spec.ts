import { Database } from '@tributary/postgres';
import { startTestPostgres, type TestPostgres } from '@tributary/testing';
import { facts, someStream } from '../contract/facts.fixture';
import type { FieldRow } from '../port';
import { readFields } from './field-reader';
import { postgresLogMigrations } from './migrations';
import { PostgresEventLog } from './postgres-event-log';

const EVENTS = 500;
const STRETCH = 20n;
const FIELDS = { Something: ['$revision'] };

describe('declared fields, over many stretches', () => {
  let postgres: TestPostgres;
  let database: Database;
  let log: PostgresEventLog;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    database = await Database.open({
      url: await postgres.freshDatabase(),
      schema: 'log',
      migrations: postgresLogMigrations,
    });
    log = await PostgresEventLog.open(database);
    const [type] = Object.keys(FIELDS) as [string];
    const events = facts(EVENTS, { type });
    await log.append(someStream(), 'none', events);
  });

  afterAll(async () => {
    await log.close();
    await database.close();
    await postgres.stop();
  });

  const read = () =>
    readFields(database.pool, () => log.head(), {
      after: 0n,
      fields: FIELDS,
      through: undefined,
      stretch: STRETCH,
    });

  /** Most connections that were in use or asked for at once. */
  async function readAll(): Promise<{ readonly rows: FieldRow[]; readonly most: number }> {
    const rows: FieldRow[] = [];
    let most = 0;
    for await (const some of read()) {
      rows.push(...some);
      const { totalCount, idleCount, waitingCount } = database.pool;
      most = Math.max(most, totalCount - idleCount + waitingCount);
    }
    return { rows, most };
  }

  it('are read in order and each once, by two connections where nothing else is done', async () => {
    const { rows, most } = await readAll();
    expect(rows.map(({ values: [revision] }) => Number(revision))).toEqual(
      Array.from({ length: EVENTS }, (_, i) => i),
    );
    expect(most).toBe(2);
  });

  it('give their connections back, also when the reader leaves early', async () => {
    let left = STRETCH * 5n;
    for await (const some of read()) {
      left -= BigInt(some.length);
      if (left < 0n) break;
    }
    expect(database.pool.totalCount).toBe(database.pool.idleCount);
    expect((await readAll()).rows).toHaveLength(EVENTS);
  });

  it('are read as well where every other connection is taken, and many read at once', async () => {
    const readers = Array.from({ length: 2 * (database.pool.options.max ?? 10) }, readAll);
    for (const { rows } of await Promise.all(readers)) expect(rows).toHaveLength(EVENTS);
  });
});
