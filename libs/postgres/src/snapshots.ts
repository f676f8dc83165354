import type { Json, Snapshot, SnapshotKey, SnapshotStore } from '@tributary/kernel';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Database, Queryable } from './database';
import { Together } from './together';

export class Snapshots1700000000300 implements MigrationInterface {
  readonly name = 'Snapshots1700000000300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table snapshot (
        stream text not null, decider text not null, state_version int not null,
        revision bigint not null, position bigint not null,
        primary key (stream, decider, state_version))`);
    await runner.query(`
      create table snapshot_row (
        stream text not null, decider text not null, state_version int not null,
        key text not null, value jsonb not null,
        primary key (stream, decider, state_version, key))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table snapshot_row, snapshot');
  }
}

/** Some are large, so that not many are held in one answer. */
const MOST_LOADED = 64;

const LOAD = `
select a.place, s.revision::text, s.position::text, r.key, r.value
from unnest($1::text[], $2::text[], $3::int[]) with ordinality as a (stream, decider, state_version, place)
join snapshot s using (stream, decider, state_version)
left join snapshot_row r using (stream, decider, state_version)`;

/** Of a stream that a hundred thousand items went through, the rows are many: put together at once, everything else would wait. */
const ROWS_AT_ONCE = 2_000;

/** Each row as its key and its value. One text, because quoting every row for an array costs more than writing it does. */
const KEEP = `
insert into snapshot_row select $1, $2, $3, kept ->> 0, kept -> 1 from jsonb_array_elements($4::jsonb) kept
on conflict (stream, decider, state_version, key) do update set value = excluded.value`;

/** All rows there are, in place of older ones; those of the same revision at another position are of another log. */
const REPLACE = `
insert into snapshot as s values ($1, $2, $3, $4, $5)
on conflict (stream, decider, state_version) do update set revision = excluded.revision, position = excluded.position
 where s.revision < excluded.revision or (s.revision = excluded.revision and s.position <> excluded.position)`;

/** Changed rows are a difference to `from`, so they fit that snapshot and no other. */
const FOLLOW = `
update snapshot set revision = $4, position = $5
 where stream = $1 and decider = $2 and state_version = $3 and revision = $6`;

const OF_KEY = 'where stream = $1 and decider = $2 and state_version = $3';

interface LoadedSnapshot extends Snapshot {
  readonly rows: Map<string, Json | null>;
}

/** Snapshots in the service's own schema. */
export class PostgresSnapshots implements SnapshotStore {
  private readonly loading: Together<SnapshotKey, Snapshot | undefined>;

  constructor(private readonly database: Database) {
    this.loading = new Together((keys) => this.loadAll(keys), MOST_LOADED);
  }

  /** Who asks while others are asked for comes along with the next statement: most streams have none. */
  load(key: SnapshotKey): Promise<Snapshot | undefined> {
    return this.loading.ask(key);
  }

  private async loadAll(keys: readonly SnapshotKey[]): Promise<(Snapshot | undefined)[]> {
    // One statement, so that the rows are those of their revision.
    const { rows } = await this.database.pool.query<StoredRow>({
      name: 'snapshots_load',
      text: LOAD,
      values: [
        keys.map(({ stream }) => stream),
        keys.map(({ decider }) => decider),
        keys.map(({ stateVersion }) => stateVersion),
      ],
    });
    const loaded = new Array<LoadedSnapshot | undefined>(keys.length).fill(undefined);
    for (const { place, revision, position, key, value } of rows) {
      const at = Number(place) - 1;
      const snapshot = (loaded[at] ??= {
        revision: BigInt(revision),
        position: BigInt(position),
        rows: new Map(),
      });
      if (key !== null) snapshot.rows.set(key, value);
    }
    return loaded;
  }

  async save(
    { stream, decider, stateVersion }: SnapshotKey,
    at: { readonly revision: bigint; readonly position: bigint; readonly from: bigint },
    changed: ReadonlyMap<string, Json | undefined>,
  ): Promise<bigint> {
    const key = [stream, decider, stateVersion];
    const isWhole = at.from < 0n;
    return await this.database.transaction(async (tx) => {
      const place = [...key, at.revision, at.position];
      const moved = isWhole
        ? await tx.query(REPLACE, place)
        : await tx.query(FOLLOW, [...place, at.from]);
      if (moved.rowCount === 0) return await storedRevision(tx, key);

      const gone = [...changed].filter(([, value]) => value === undefined).map(([row]) => row);
      const kept = [...changed].filter((row): row is [string, Json] => row[1] !== undefined);
      if (isWhole) await tx.query(`delete from snapshot_row ${OF_KEY}`, key);
      else await tx.query(`delete from snapshot_row ${OF_KEY} and key = any($4)`, [...key, gone]);
      for (let next = 0; next < kept.length; next += ROWS_AT_ONCE)
        await tx.query(KEEP, [...key, JSON.stringify(kept.slice(next, next + ROWS_AT_ONCE))]);
      return at.revision;
    });
  }
}

async function storedRevision(tx: Queryable, key: readonly unknown[]): Promise<bigint> {
  const { rows } = await tx.query<{ revision: string }>(`select revision from snapshot ${OF_KEY}`, [
    ...key,
  ]);
  return BigInt(rows[0]?.revision ?? -1);
}

interface StoredRow {
  readonly place: string;
  readonly revision: string;
  readonly position: string;
  readonly key: string | null;
  readonly value: Json | null;
}
