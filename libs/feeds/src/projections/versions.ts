import { CodedError } from '@tributary/kernel';
import type { Database, Queryable } from '@tributary/postgres';
import { createIndexesSql, createTableSql } from './keyed-table';
import { type Projection, subscriptionOf, versioned } from './projection';

/** `live`: readers see this version. `behind`: another version is live; this one is to be filled and swapped in. `ahead`: a newer one is live. */
export type Standing = 'ahead' | 'behind' | 'live';

interface Registered {
  readonly live_version: number;
  readonly declaration: string;
}

/** Registers a projection, creates its tables the first time, and tells how its version stands to the live one. */
export function register(database: Database, projection: Projection): Promise<Standing> {
  return database.transaction(async (tx) => {
    await oneAtATime(tx, projection.name);
    const live = await liveOf(tx, projection.name);
    if (!live) {
      await createFirst(tx, projection);
      return 'live';
    }
    if (live.live_version < projection.version) return 'behind';
    if (live.live_version > projection.version) {
      await assertKept(tx, projection);
      return 'ahead';
    }
    if (live.declaration === projection.declaration) return 'live';
    throw new CodedError(
      'projection_changed',
      `${projection.name} has changed; its version must be raised beyond ${projection.version}.`,
      {
        projection: projection.name,
        version: projection.version,
      },
    );
  });
}

/** An older program may run on as long as the tables of its version are kept. */
async function assertKept(tx: Queryable, { name, version, tables }: Projection): Promise<void> {
  const wanted = Object.keys(tables).map((table) => versioned(table, version));
  const { rows } = await tx.query<{ missing: string }>(
    'select t as missing from unnest($1::text[]) t where to_regclass(t) is null',
    [wanted],
  );
  if (rows.length === 0) return;
  throw new CodedError(
    'projection_version_gone',
    `Version ${version} of ${name} is no longer kept.`,
    { projection: name, version },
  );
}

export async function liveVersion(on: Queryable, name: string): Promise<number | undefined> {
  return (await liveOf(on, name))?.live_version;
}

async function liveOf(on: Queryable, name: string): Promise<Registered | undefined> {
  const { rows } = await on.query<Registered>(
    'select live_version, declaration from projection where name = $1',
    [name],
  );
  return rows[0];
}

/** Two processes that start at once must not both create the tables. */
const oneAtATime = (tx: Queryable, name: string) =>
  tx.query('select pg_advisory_xact_lock(hashtextextended(current_schema() || $1, 0))', [name]);

async function createFirst(tx: Queryable, projection: Projection): Promise<void> {
  for (const [name, table] of Object.entries(projection.tables)) {
    const target = versioned(name, projection.version);
    await tx.query(createTableSql(target, table));
    for (const index of createIndexesSql(target, table)) await tx.query(index);
  }
  await pointViews(tx, projection);
  await tx.query('insert into subscription (name) values ($1) on conflict do nothing', [
    subscriptionOf(projection),
  ]);
}

/** Readers go through views, so that a swap is invisible to them. Also says in the registry which version is live. */
export async function pointViews(tx: Queryable, projection: Projection): Promise<void> {
  const { name, version, declaration, tables } = projection;
  for (const table of Object.keys(tables)) {
    await tx.query(`drop view if exists ${table}`);
    await tx.query(`create view ${table} as select * from ${versioned(table, version)}`);
  }
  await tx.query(
    `insert into projection (name, live_version, declaration) values ($1, $2, $3)
     on conflict (name) do update set live_version = excluded.live_version, declaration = excluded.declaration`,
    [name, version, declaration],
  );
}
