import {
  type Json,
  type Snapshot,
  type SnapshotKey,
  type SnapshotStore,
  canonicalJson,
} from '@tributary/kernel';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Database } from './database';

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

/** Snapshots in the service's own schema. */
export class PostgresSnapshots implements SnapshotStore {
  constructor(private readonly database: Database) {}

  async load({ stream, decider, stateVersion }: SnapshotKey): Promise<Snapshot | undefined> {
    // One statement, so that the rows are those of this revision.
    const { rows } = await this.database.pool.query<StoredRow>(
      `select s.revision::text, s.position::text, r.key, r.value
         from snapshot s left join snapshot_row r using (stream, decider, state_version)
        where s.stream = $1 and s.decider = $2 and s.state_version = $3`,
      [stream, decider, stateVersion],
    );
    const [first] = rows;
    if (!first) return undefined;
    const kept = rows.filter(({ key }) => key !== null);
    return {
      revision: BigInt(first.revision),
      position: BigInt(first.position),
      rows: new Map(kept.map(({ key, value }) => [key as string, value])),
    };
  }

  async save(
    { stream, decider, stateVersion }: SnapshotKey,
    at: { readonly revision: bigint; readonly position: bigint; readonly from: bigint },
    changed: ReadonlyMap<string, Json | undefined>,
  ): Promise<void> {
    const key = [stream, decider, stateVersion];
    await this.database.transaction(async (tx) => {
      // The changed rows are a difference to `from`, so they fit that snapshot and no other.
      const moved = await tx.query(
        at.from < 0n
          ? `insert into snapshot values ($1, $2, $3, $4, $5) on conflict do nothing`
          : `update snapshot set revision = $4, position = $5
              where stream = $1 and decider = $2 and state_version = $3 and revision = $6`,
        [...key, at.revision, at.position, ...(at.from < 0n ? [] : [at.from])],
      );
      if (moved.rowCount === 0) return;

      const gone = [...changed].filter(([, value]) => value === undefined).map(([row]) => row);
      const kept = [...changed].filter((row): row is [string, Json] => row[1] !== undefined);
      await tx.query(
        `delete from snapshot_row where stream = $1 and decider = $2 and state_version = $3 and key = any($4)`,
        [...key, gone],
      );
      await tx.query(
        `insert into snapshot_row select $1, $2, $3, * from unnest($4::text[], $5::jsonb[])
         on conflict (stream, decider, state_version, key) do update set value = excluded.value`,
        [...key, kept.map(([row]) => row), kept.map(([, value]) => canonicalJson(value))],
      );
    });
  }
}

interface StoredRow {
  readonly revision: string;
  readonly position: string;
  readonly key: string | null;
  readonly value: Json | null;
}
