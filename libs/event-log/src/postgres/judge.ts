import { judgeRepeat, revisionConflict, unavailable } from '@tributary/kernel';
import type { Recorded } from '@tributary/kernel';
import type { Pool } from 'pg';
import { standingAt } from '../storable';
import type { Pending } from './pending';
import { EVENT_COLUMNS, type RawRow, rawQuery, recordedOf } from './stored-events';

/** In one snapshot: where each stream stands, and what it holds where the append wanted to stand. */
const STANDING = `
  select w.place, coalesce(h.revision + 1, 0), ${EVENT_COLUMNS}
    from unnest($1::text[], $2::bigint[], $3::bigint[]) with ordinality w (stream, first, behind, place)
    left join lateral (
      select revision from event where stream = w.stream order by revision desc limit 1) h on true
    left join event e on e.stream = w.stream and e.revision >= w.first and e.revision < w.behind
   order by w.place, e.revision`;

const BIGGEST = 2n ** 63n - 1n;
const clamped = (revision: bigint): string => String(revision > BIGGEST ? BIGGEST : revision);

/** Answers what can be answered, and gives back what could be appended after all. */
export async function judge(
  pool: Pick<Pool, 'query'>,
  doubtful: readonly Pending[],
): Promise<Pending[]> {
  const { rows } = await pool.query<RawRow[]>(
    rawQuery('judge', STANDING, [
      doubtful.map(({ stream }) => stream),
      doubtful.map(({ next }) => clamped(next)),
      doubtful.map(({ next, events }) => clamped(next + BigInt(events.length))),
    ]),
  );
  const found = doubtful.map((): Recorded[] => []);
  const counts = new Map<number, bigint>();
  for (const [place, count, ...event] of rows as unknown as RawRow[]) {
    const i = Number(place) - 1;
    counts.set(i, BigInt(count as string));
    if (event[0] !== null) found[i]?.push(recordedOf(event));
  }
  return doubtful.filter((pending, i) => {
    const count = counts.get(i);
    if (count === undefined) pending.reject(unavailable('The verdict of an append'));
    else if (count === pending.next) return true;
    else answer(pending, count, found[i] ?? []);
    return false;
  });
}

function answer(pending: Pending, count: bigint, found: readonly Recorded[]): void {
  const { stream, expected, events } = pending;
  try {
    const last = found.at(-1);
    if (last === undefined || judgeRepeat(found, events) === 'conflict') {
      throw revisionConflict(stream, expected, standingAt(count));
    }
    // After a lost answer, the same event ids are the work of this very append.
    const own = pending.uncertain && found.every(({ id }, i) => id === events[i]?.id);
    pending.resolve({ revision: last.revision, position: last.position, replayed: !own });
  } catch (error) {
    pending.reject(error);
  }
}
