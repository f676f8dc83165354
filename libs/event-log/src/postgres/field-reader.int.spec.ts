import { setTimeout as sleep } from 'node:timers/promises';
import { Database } from '@tributary/postgres';
import { startTestPostgres, type TestPostgres } from '@tributary/testing';
import { facts, someStream } from '../contract/facts.fixture';
import type { FieldRow } from '../port';
import { readFields } from './field-reader';
import { postgresLogMigrations } from './migrations';
import { PostgresEventLog } from './postgres-event-log';
import { spareConnection } from './spare-connection';

const EVENTS = 500;
const STRETCH = 20n;
const FIELDS = { Something: ['$revision'] };
const POOL = { poolSize: 4, connectTimeoutMs: 1_000 };

describe('declared fields, over many stretches', () => {
  let postgres: TestPostgres;
  let database: Database;
  let log: PostgresEventLog;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    const url = await postgres.freshDatabase();
    const migrations = postgresLogMigrations;
    database = await Database.open({ url, schema: 'log', migrations, ...POOL });
    log = await PostgresEventLog.open(database);
    const [type] = Object.keys(FIELDS) as [string];
    await log.append(someStream(), 'none', facts(EVENTS, { type }));
  });

  afterAll(async () => {
    await log.close();
    await database.close();
    await postgres.stop();
  });

  const read = (hasRoom: () => boolean) =>
    readFields(
      database.pool,
      () => log.head(),
      { after: 0n, fields: FIELDS, through: undefined },
      { stretch: STRETCH, hasRoom },
    );

  it.each([
    ['one connection', 1],
    ['two connections', 2],
  ])('are read in order and each once, with %s', async (_, connections) => {
    const rows: FieldRow[] = [];
    let most = 0;
    for await (const some of read(() => connections === 2)) {
      rows.push(...some);
      const { totalCount, idleCount, waitingCount } = database.pool;
      most = Math.max(most, totalCount - idleCount + waitingCount);
    }
    expect(rows.map(({ values: [revision] }) => Number(revision))).toEqual(
      Array.from({ length: EVENTS }, (__, i) => i),
    );
    expect(most).toBe(connections);
  });

  it('give their connections back when the reader leaves early', async () => {
    let left = STRETCH * 5n;
    for await (const some of read(() => true)) {
      left -= BigInt(some.length);
      if (left < 0n) break;
    }
    expect(database.pool.totalCount).toBe(database.pool.idleCount);
  });

  it('are read to the end by a slow reader while all other connections are taken', async () => {
    const others = Array.from({ length: POOL.poolSize - 1 }, () => database.pool.connect());
    const lent = await Promise.all(others);
    let count = 0;
    for await (const some of read(spareConnection(database.pool))) {
      if (count === 0) await sleep(1.2 * POOL.connectTimeoutMs);
      count += some.length;
    }
    for (const client of lent) client.release();
    expect(count).toBe(EVENTS);
  });

  it('are read by more readers at once than there are connections', async () => {
    const readers = Array.from({ length: 2 * POOL.poolSize }, async () => {
      let count = 0;
      for await (const some of read(spareConnection(database.pool))) count += some.length;
      return count;
    });
    expect(new Set(await Promise.all(readers))).toEqual(new Set([EVENTS]));
  });
});
