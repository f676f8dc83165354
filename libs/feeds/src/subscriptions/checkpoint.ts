import type { Database } from '@tributary/postgres';
import { fenced, factsText, type Reason } from '../failure';
import type { FeedEvent } from '../feed';
import { Statement } from '../statement';
import type { Held } from './leases';

/** An event that could not be applied; its stream waits from here on. */
export interface Poison {
  readonly event: FeedEvent;
  readonly why: Reason;
}

export interface Commit {
  readonly through: bigint;
  readonly ttlMs: number;
  readonly poison?: readonly Poison[];
  /** By parked stream, how many more events wait behind. */
  readonly queued?: ReadonlyMap<string, number>;
  /** Adds the writes of the batch, which must stand under the guard. Called once. */
  readonly writes?: (statement: Statement, guard: string) => void;
}

/** True for the writes of the owner alone; a fenced one moves no row, and so nothing else is written. */
const GUARD = 'exists (select from moved)';

/**
 * Rows, parked streams and checkpoint in one statement. `stale`: somebody resumed or discarded a parked stream meanwhile,
 * nothing was written, and the batch is to be looked at again. Throws `fenced` when the subscription has another owner.
 */
export async function commitBatch(
  database: Database,
  held: Held,
  commit: Commit,
): Promise<'committed' | 'stale'> {
  const statement = new Statement();
  const { through, ttlMs, poison = [], queued, writes } = commit;
  statement.with(
    'moved',
    `update subscription set position = greatest(position, ${statement.bind(String(through))}), moved_at = clock_timestamp(),
       lease_until = clock_timestamp() + ${statement.bind(ttlMs)} * interval '1 millisecond'
     where name = ${statement.bind(held.name)} and epoch = ${statement.bind(String(held.epoch))}
       and parkings = ${statement.bind(String(held.parkings))}
     returning position`,
  );
  writes?.(statement, GUARD);
  if (poison.length > 0) parkStreams(statement, held.name, poison, queued ?? new Map());
  if (queued !== undefined && queued.size > 0) queueBehind(statement, held.name, queued);

  const [moved] = await statement.run<{ position: string }>(
    database.pool,
    'select position from moved',
  );
  if (moved) {
    held.position = BigInt(moved.position);
    return 'committed';
  }
  await lookAgain(database, held);
  return 'stale';
}

/** After a commit that moved nothing: reads whether parked streams have changed, and throws `fenced` when it is ours no more. */
export async function lookAgain(database: Database, held: Held): Promise<void> {
  const { rows } = await database.pool.query<{ epoch: string; parkings: string }>(
    'select epoch, parkings from subscription where name = $1',
    [held.name],
  );
  const [row] = rows;
  if (!row || BigInt(row.epoch) !== held.epoch) throw fenced(held.name);
  held.parkings = BigInt(row.parkings);
}

type Columns = readonly (readonly [
  name: string,
  kind: 'bigint' | 'text',
  of: (poison: Poison) => unknown,
])[];

const PARKED_COLUMNS: Columns = [
  ['stream', 'text', ({ event }) => event.stream],
  ['position', 'bigint', ({ event }) => event.position],
  ['revision', 'bigint', ({ event }) => event.revision],
  ['event_id', 'text', ({ event }) => event.id],
  ['event_type', 'text', ({ event }) => event.type],
  ['tenant', 'text', ({ event }) => event.tenant],
  ['correlation_id', 'text', ({ event }) => event.correlationId],
  ['code', 'text', ({ why }) => why.code],
  ['reason', 'text', ({ why }) => why.reason.replaceAll('\0', '')],
  ['facts', 'text', ({ why }) => factsText(why.facts)],
];

/** A stream that is parked in this very batch has its later events counted at once. */
function parkStreams(
  statement: Statement,
  subscription: string,
  poison: readonly Poison[],
  queued: ReadonlyMap<string, number>,
): void {
  const columns: Columns = [
    ...PARKED_COLUMNS,
    ['queued', 'bigint', ({ event }) => queued.get(event.stream) ?? 0],
  ];
  const names = columns.map(([name]) => name).join(', ');
  const arrays = columns.map(([, kind, of]) => statement.bindArray(kind, poison.map(of)));
  const casts: Readonly<Record<string, string>> = { event_id: '::uuid', facts: '::jsonb' };
  const values = columns.map(([name]) => `u.${name}${casts[name] ?? ''}`).join(', ');
  statement.with(
    'parked_now',
    `insert into parked (subscription, ${names}) select ${statement.bind(subscription)}, ${values}
     from unnest(${arrays.join(', ')}) as u (${names}) where ${GUARD}`,
  );
}

/** Sees only rows that stood there before this statement, so a stream parked just now is not counted twice. */
function queueBehind(
  statement: Statement,
  subscription: string,
  queued: ReadonlyMap<string, number>,
): void {
  statement.searches();
  const streams = statement.bindArray('text', [...queued.keys()]);
  const counts = statement.bindArray('bigint', [...queued.values()]);
  statement.with(
    'queued_now',
    `update parked p set queued = p.queued + u.queued from unnest(${streams}, ${counts}) as u (stream, queued)
     where p.subscription = ${statement.bind(subscription)} and p.stream = u.stream and p.status = 'parked' and ${GUARD}`,
  );
}
