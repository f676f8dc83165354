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

  it('ignores a difference to a snapshot that another process has replaced, and says which one is there', async () => {
    const wrong = new Map([['b', 'wrong']]);
    const before = await snapshots.load(KEY);
    for (const at of [
      { revision: 9n, position: 21n, from: 4n },
      { revision: 7n, position: 19n, from: -1n },
      { revision: 8n, position: 20n, from: -1n },
    ])
      expect(await snapshots.save(KEY, at, wrong)).toBe(8n);
    expect(await snapshots.load(KEY)).toEqual(before);
    const none = { ...KEY, stream: streamOf('earnings', 'acme', 'none') };
    const at = { revision: 9n, position: 21n, from: 4n };
    expect(await snapshots.save(none, at, wrong)).toBe(-1n);
    expect(await snapshots.load(none)).toBeUndefined();
  });

  it('puts all rows there are in place of an older snapshot, and of one of another log', async () => {
    const key = { ...KEY, stream: streamOf('earnings', 'acme', 'again') };
    const save = (revision: bigint, position: bigint, row: string) =>
      snapshots.save(key, { revision, position, from: -1n }, new Map([[row, revision.toString()]]));
    expect(await save(3n, 40n, 'first')).toBe(3n);
    expect(await save(5n, 44n, 'second')).toBe(5n);
    expect(await save(5n, 33n, 'third')).toBe(5n);
    expect(await snapshots.load(key)).toEqual({
      revision: 5n,
      position: 33n,
      rows: new Map([['third', '5']]),
    });
  });

  it('never reads the rows of another state version', async () => {
    expect(await snapshots.load({ ...KEY, stateVersion: 2 })).toBeUndefined();
  });
});
