import { subscriptionOf } from '@tributary/feeds';
import { type Instant, invariant } from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import { known } from './known.projection';
import { instantText } from './sql';

export interface Later {
  /** Of the first event that was recorded after a moment; undefined where none was that has been read. */
  readonly position: bigint | undefined;
  /** How far the log has been read. */
  readonly shown: bigint;
}

const LATER = `select least(
    (select min(position) from known_hour where hour > $2::timestamptz),
    (select min(position) from known_moment where recorded_at > $1::timestamptz and recorded_at < $2::timestamptz + interval '1 hour')
  ) as position, (select coalesce(max(position), 0) from subscription where name = '${subscriptionOf(known)}') as shown`;

/** Wherever the clocks of writers stood. */
export async function laterThan(database: Database, moment: Instant): Promise<Later> {
  const hour = `${moment.slice(0, 'YYYY-MM-DDTHH'.length)}:00:00Z`;
  const { rows } = await database.pool.query<{ position: string | null; shown: string }>(LATER, [
    moment,
    hour,
  ]);
  const [row] = rows;
  invariant(row, 'a select without a table has a row');
  const { position, shown } = row;
  return { position: position === null ? undefined : BigInt(position), shown: BigInt(shown) };
}

/** The latest time at which anything up to a position was recorded. */
const latestAt = (position: string): string => `select max(recorded_at) as at from known_moment
  where position <= ${position} and recorded_at >= (select max(hour) from known_hour where position <= ${position})`;

/** When the last event up to a position became known; null before the first. */
export async function knownAt(database: Database, position: bigint): Promise<Instant | null> {
  const { rows } = await database.pool.query<{ at: Instant | null }>(
    `select ${instantText('at')} as at from (${latestAt('$1::bigint')}) m`,
    [String(position)],
  );
  return rows[0]?.at ?? null;
}

/** Of each of these ascending positions, counted on from the first of them. */
export async function knownAtEach(
  database: Database,
  positions: readonly string[],
): Promise<ReadonlyMap<bigint, Instant>> {
  const [first, last] = [positions[0], positions.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const { rows } = await database.pool.query<{ position: string; at: Instant }>(
    `with base as (${latestAt('$2::bigint')}),
      moments as (
        select position, recorded_at as at, false as wanted from known_moment where position > $2 and position <= $3
        union all select p, (select at from base), true from unnest($1::bigint[]) p),
      running as (select position, wanted, max(at) over (order by position, wanted) as at from moments)
     select position, ${instantText('at')} as at from running where wanted`,
    [positions, first, last],
  );
  return new Map(rows.map(({ position, at }) => [BigInt(position), at]));
}
