import { type Json, streamOf } from '@tributary/kernel';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { Database } from './database';
import { PostgresSnapshots, Snapshots1700000000300 } from './snapshots';

const KEY = { stream: streamOf('earnings', 'acme', 'p1'), decider: 'earnings', stateVersion: 1 };

describe('keeping snapshots in Postgres', () => {
  let postgres: TestPostgres;
  let database: Database;
  let snapshots: PostgresSnapshots;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    const url = await postgres.freshDatabase();
    database = await Database.open({
      url,
      schema: 'commission',
      migrations: [Snapshots1700000000300],
    });
    snapshots = new PostgresSnapshots(database);
  });

  afterAll(async () => {
    await database.close();
    await postgres.stop();
  });

  it('knows nothing of a stream that has none', async () => {
    expect(await snapshots.load(KEY)).toBeUndefined();
  });

  it('writes what changed and keeps the rest', async () => {
    await snapshots.save(
      KEY,
      { revision: 4n, position: 9n, from: -1n },
      new Map<string, Json | undefined>([
        ['a', 1],
        ['b', { x: 'é' }],
      ]),
    );
    await snapshots.save(
      KEY,
      { revision: 8n, position: 20n, from: 4n },
      new Map<string, Json | undefined>([
        ['a', undefined],
        ['c', [3]],
      ]),
    );
    expect(await snapshots.load(KEY)).toEqual({
      revision: 8n,
      position: 20n,
      rows: new Map<string, unknown>([
        ['b', { x: 'é' }],
        ['c', [3]],
      ]),
    });
  });

  it('keeps more rows than one statement takes, whatever stands in their keys', async () => {
    const key = { ...KEY, stream: streamOf('earnings', 'acme', 'large') };
    const rows = new Map<string, Json>(
      Array.from({ length: 4_001 }, (_, i) => [`${String(i)} "\\ {é}\u0001`, i % 2 ? null : { i }]),
    );
    await snapshots.save(key, { revision: 0n, position: 30n, from: -1n }, rows);
    expect(await snapshots.load(key)).toEqual({ revision: 0n, position: 30n, rows });
  });

  it('ignores a difference to a snapshot that another process has replaced', async () => {
    await snapshots.save(KEY, { revision: 9n, position: 21n, from: 4n }, new Map([['b', 'wrong']]));
    await snapshots.save(
      KEY,
      { revision: 9n, position: 21n, from: -1n },
      new Map([['b', 'wrong']]),
    );
    expect(await snapshots.load(KEY)).toMatchObject({ revision: 8n });
  });

  it('never reads the rows of another state version', async () => {
    expect(await snapshots.load({ ...KEY, stateVersion: 2 })).toBeUndefined();
  });
});
