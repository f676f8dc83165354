import type { Queryable } from '@tributary/postgres';
import { reasonOf } from '../failure';
import { eventAt, follows } from '../feed';
import { insertParked, lockSubscription } from '../subscriptions/parking';
import { type Comparison, compareTables } from './compare';
import { versioned } from './projection';
import type { RebuildOptions, RebuildReport } from './rebuild-report';
import type { ShadowFill } from './shadow-fill';
import { liveVersion, pointViews } from './versions';

export interface SwapOptions extends RebuildOptions {
  readonly isSameVersion: boolean;
  readonly signal: AbortSignal;
}

const LOCK_TIMEOUT = '3s';

/**
 * The last steps, in one transaction: nobody else commits to the subscription, the rest is read, the tables are compared, readers
 * are switched, and the subscription goes on from where the new tables end.
 */
export async function swapIn(
  tx: Queryable,
  fill: ShadowFill,
  options: SwapOptions,
): Promise<RebuildReport> {
  const { projection, subscription } = fill;
  await tx.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
  if (options.isSameVersion) await holdWriters(tx, fill);
  await tx.query('insert into subscription (name) values ($1) on conflict do nothing', [
    subscription,
  ]);
  const live = await lockSubscription(tx, subscription);
  if (options.isSameVersion) await fill.fillTo(live, tx);

  const comparison =
    options.isSameVersion && options.compare === true ? await compared(tx, fill) : undefined;
  const isWanted = options.swap !== false;
  if (isWanted) {
    await exchange(tx, fill, options.isSameVersion);
    await replaceParked(tx, fill);
    await tx.query('update subscription set position = $2 where name = $1', [
      subscription,
      String(fill.through),
    ]);
  } else {
    for (const name of Object.keys(projection.tables))
      await tx.query(`drop table ${fill.target(name)}`);
  }
  return {
    projection: projection.name,
    version: projection.version,
    events: fill.events,
    through: fill.through,
    parkedStreams: fill.options.excluded.size,
    comparison,
    swapped: isWanted,
  };
}

/** Before the subscription's row, in the order in which the live path takes them; readers are not held up yet. */
async function holdWriters(tx: Queryable, { projection }: ShadowFill): Promise<void> {
  const tables = Object.keys(projection.tables).map((name) => versioned(name, projection.version));
  await tx.query(`lock table ${tables.join(', ')} in share row exclusive mode`);
}

async function compared(tx: Queryable, fill: ShadowFill): Promise<Comparison[]> {
  const found: Comparison[] = [];
  for (const name of Object.keys(fill.projection.tables)) {
    found.push(
      await compareTables(tx, name, versioned(name, fill.projection.version), fill.target(name)),
    );
  }
  return found;
}

async function exchange(tx: Queryable, fill: ShadowFill, isSameVersion: boolean): Promise<void> {
  const { projection } = fill;
  const tables = Object.keys(projection.tables);
  if (isSameVersion) {
    for (const name of tables) {
      await tx.query(`drop view if exists ${name}`);
      await tx.query(`drop table ${versioned(name, projection.version)}`);
      await tx.query(
        `alter table ${fill.target(name)} rename to ${versioned(name, projection.version)}`,
      );
    }
  } else {
    await dropOlder(tx, projection.name, tables);
  }
  await pointViews(tx, projection);
}

/** The version that was live until now is kept, for a way back; what was older goes. */
async function dropOlder(
  tx: Queryable,
  projection: string,
  tables: readonly string[],
): Promise<void> {
  const live = (await liveVersion(tx, projection)) ?? 0;
  const { rows } = await tx.query<{ name: string; version: number }>(
    `select t.name, substring(c.relname from '_v([0-9]+)$')::int as version
     from unnest($1::text[]) as t (name) join pg_class c on c.relname ~ ('^' || t.name || '_v[0-9]+$')
     where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace`,
    [tables],
  );
  for (const { name, version } of rows)
    if (version < live) await tx.query(`drop table ${versioned(name, version)}`);
  await tx.query(
    `update parked set status = 'rebuilt', closed_at = clock_timestamp()
     where status = 'parked' and subscription = any(select $1 || '_v' || v from generate_series(1, $2::int - 1) v)`,
    [projection, live],
  );
}

/** What the live path had parked is replaced by what the rebuild had to leave out. */
async function replaceParked(tx: Queryable, fill: ShadowFill): Promise<void> {
  await tx.query(
    `update parked set status = 'rebuilt', closed_at = clock_timestamp() where subscription = $1 and status = 'parked'`,
    [fill.subscription],
  );
  for (const { stream, position, cause } of fill.options.excluded.values()) {
    const event = await eventAt(fill.feed, stream, position);
    if (!event) throw new Error(`The event at ${position} of ${stream} is gone.`);
    await insertParked(
      tx,
      fill.subscription,
      { event, why: reasonOf(cause, 'projection_failed') },
      await queuedBehind(fill, stream, event.revision),
    );
  }
}

async function queuedBehind(fill: ShadowFill, stream: string, revision: bigint): Promise<number> {
  let queued = 0;
  for await (const event of fill.feed.readStream(stream, revision + 1n)) {
    if (event.position > fill.through) break;
    if (follows(fill.projection.types, event.type)) queued++;
  }
  return queued;
}
