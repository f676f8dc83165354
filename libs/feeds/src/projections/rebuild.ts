import { CodedError } from '@tributary/kernel';
import { type Database, sqlStateOf } from '@tributary/postgres';
import type { Feed } from '../feed';
import { backoffMs, pause } from '../wake';
import type { Held } from '../subscriptions/leases';
import { type Projection, subscriptionOf } from './projection';
import type { RebuildContext, RebuildOptions, RebuildReport } from './rebuild-report';
import {
  type Caution,
  type Excluded,
  FEW_EVENTS,
  PoisonFound,
  RowsRefused,
  ShadowFill,
} from './shadow-fill';
import { swapIn, type SwapOptions } from './swap';
import { liveVersion } from './versions';

/** A code that parks more than this is wrong about the events, not the events about it. */
const MAX_EXCLUDED = 100;
const MAX_LOCK_ATTEMPTS = 8;
/** Waited too long for a lock, or in a circle with somebody else. */
const LOCKED = ['55P03', '40P01'];
/** So near to its target, the rest is read while the subscription is locked. */
const NEAR = 5_000n;
/** Each pass is shorter than the one before, unless events come faster than they are read. */
const MAX_PASSES = 10;

/**
 * Fills the tables of a projection anew beside the live ones, catches up, compares, and swaps in one transaction. Until then, and
 * after any failure, the live tables are as if nothing had been tried.
 */
export async function rebuild(
  context: RebuildContext,
  projection: Projection,
  feed: Feed,
  options: RebuildOptions = {},
): Promise<RebuildReport> {
  const held = await context.leases.acquire(`rebuild_${projection.name}`);
  if (!held) {
    throw new CodedError('rebuild_running', `${projection.name} is being rebuilt already.`, {
      projection: projection.name,
    });
  }
  try {
    return await rebuildOwned(context, projection, feed, options, held);
  } finally {
    await context.leases.release(held);
  }
}

async function rebuildOwned(
  context: RebuildContext,
  projection: Projection,
  feed: Feed,
  options: RebuildOptions,
  held: Held,
): Promise<RebuildReport> {
  const signal = AbortSignal.any([held.lost, ...(options.signal ? [options.signal] : [])]);
  const live = await liveVersion(context.database.pool, projection.name);
  if (live !== undefined && live > projection.version) throw outdated(projection, live);
  const isSameVersion = live === projection.version;
  const excluded: Excluded = new Map();
  const discarded = await discardedPositions(context.database, subscriptionOf(projection));
  let caution: Caution | undefined;

  for (;;) {
    const fill = new ShadowFill(context, projection, feed, {
      signal,
      isSameVersion,
      excluded,
      discarded,
      caution,
    });
    try {
      await fill.create();
      await catchUp(context.database, feed, fill, isSameVersion);
      return await swapWhenFree(context.database, fill, { ...options, isSameVersion, signal });
    } catch (error) {
      if (
        error instanceof PoisonFound &&
        excluded.size < MAX_EXCLUDED &&
        projection.onPoison === 'park'
      ) {
        excluded.set(error.stream, error);
        continue;
      }
      if (error instanceof RowsRefused && projection.onPoison === 'park') {
        caution = { oneByOne: error.events > FEW_EVENTS ? undefined : error.stretch };
        continue;
      }
      await fill.drop();
      throw error instanceof PoisonFound || error instanceof RowsRefused ? error.cause : error;
    }
  }
}

/** Its tables are kept as a way back, and filling them would begin by dropping them. */
const outdated = ({ name, version }: Projection, live: number): CodedError =>
  new CodedError(
    'projection_outdated',
    `Version ${live} of ${name} is live; ask a process that knows it, this one has version ${version}.`,
    { projection: name, version, live },
  );

/** The same version is filled exactly to where the live one stands, so that the two can be compared. */
async function catchUp(
  database: Database,
  feed: Feed,
  fill: ShadowFill,
  isSameVersion: boolean,
): Promise<void> {
  for (let pass = 0; ; pass++) {
    const target = isSameVersion
      ? await checkpointOf(database, fill.subscription)
      : await feed.head();
    const isNear = target - fill.through <= NEAR;
    await fill.fillTo(target);
    if (isNear || pass >= MAX_PASSES) return;
  }
}

/** Readers of the live tables are waited for, but not for long, so that those who come after them are not held up. */
async function swapWhenFree(
  database: Database,
  fill: ShadowFill,
  options: SwapOptions,
): Promise<RebuildReport> {
  const { through, events } = fill;
  for (let attempt = 0; ; attempt++) {
    // What a transaction read and wrote went with it when it was rolled back.
    Object.assign(fill, { through, events });
    try {
      return await database.transaction((tx) => swapIn(tx, fill, options));
    } catch (error) {
      if (!LOCKED.includes(sqlStateOf(error) ?? '') || attempt >= MAX_LOCK_ATTEMPTS) throw error;
      await pause(backoffMs(attempt), options.signal);
    }
  }
}

async function checkpointOf(database: Database, subscription: string): Promise<bigint> {
  const { rows } = await database.pool.query<{ position: string }>(
    'select position from subscription where name = $1',
    [subscription],
  );
  return BigInt(rows[0]?.position ?? 0);
}

async function discardedPositions(
  database: Database,
  subscription: string,
): Promise<ReadonlySet<bigint>> {
  const { rows } = await database.pool.query<{ position: string }>(
    `select position from parked where subscription = $1 and status = 'discarded'`,
    [subscription],
  );
  return new Set(rows.map(({ position }) => BigInt(position)));
}
