import type { Owner, Published } from '@tributary/contracts';
import type { Queryable } from '@tributary/postgres';
import type { Offset } from '../ports';
import { Statement } from '../statement';
import type { Admitted, StreamState } from './admission';

/** What was admitted, and where it came from. */
export interface Arrival {
  readonly owner: Owner;
  readonly head: bigint;
  readonly before: ReadonlyMap<string, StreamState>;
  readonly admitted: Admitted;
  readonly offset: Offset | undefined;
}

/** Rows, last revisions, what stands aside, gaps and offset, as one statement. */
export async function writeArrival(
  tx: Queryable,
  { owner, head, before, admitted, offset }: Arrival,
): Promise<void> {
  const statement = new Statement();
  const { accepted, aside, after } = admitted;
  if (accepted.length > 0) {
    writeAccepted(statement, owner, head, accepted);
    writeLast(statement, after);
  }
  if (aside.length > 0) {
    statement.with(
      'kept_aside',
      `insert into inbox_aside (stream, revision, event) select * from unnest(
        ${statement.bindArray(
          'text',
          aside.map(({ stream }) => stream),
        )},
        ${statement.bindArray(
          'bigint',
          aside.map(({ revision }) => revision),
        )},
        ${statement.bindArray('json', aside.map(asAside))})`,
    );
  }
  writeGaps(statement, owner, before, after);
  if (offset) {
    statement.with(
      'offset_now',
      `insert into inbox_offset as o (owner, channel, next)
       values (${statement.bind(owner)}, ${statement.bind(offset.channel)}, ${statement.bind(String(offset.next))})
       on conflict (owner, channel) do update set next = greatest(o.next, excluded.next)`,
    );
  }
  if (!statement.isEmpty) await statement.run(tx, 'select');
}

const asAside = ({ revision, position, previous, ...event }: Published) => ({
  ...event,
  revision: String(revision),
  position: String(position),
  previous: previous === null ? null : String(previous),
});

function writeAccepted(
  statement: Statement,
  owner: Owner,
  head: bigint,
  accepted: readonly Published[],
): void {
  const text = (values: (event: Published) => string | null) =>
    statement.bindArray('text', accepted.map(values));
  const number = (values: (event: Published, i: number) => bigint) =>
    statement.bindArray('bigint', accepted.map(values));
  statement.with(
    'arrived',
    `insert into inbox (position, log_position, owner, id, type, stream, revision, tenant, occurred_at, recorded_at, correlation_id,
       causation_id, trace_parent, data)
     select u.position, u.log_position, ${statement.bind(owner)}, u.id::uuid, u.type, u.stream, u.revision, u.tenant, u.occurred_at, u.recorded_at,
       u.correlation_id, u.causation_id::uuid, u.trace_parent, u.data
     from unnest(${number((_, i) => head + BigInt(i) + 1n)}, ${number(({ position }) => position)}, ${text(({ id }) => id)}, ${text(({ type }) => type)},
       ${text(({ stream }) => stream)}, ${number(({ revision }) => revision)}, ${text(({ tenant }) => tenant)},
       ${text(({ occurredAt }) => occurredAt)}, ${text(({ recordedAt }) => recordedAt)},
       ${text(({ correlationId }) => correlationId)}, ${text(({ causationId }) => causationId)},
       ${text(({ traceParent }) => traceParent)}, ${statement.bindArray(
         'json',
         accepted.map(({ data }) => data),
       )})
       as u (position, log_position, id, type, stream, revision, tenant, occurred_at, recorded_at, correlation_id, causation_id, trace_parent, data)`,
  );
  statement.with(
    'head_now',
    `update inbox_head set position = ${statement.bind(String(head + BigInt(accepted.length)))}`,
  );
}

function writeLast(statement: Statement, after: ReadonlyMap<string, StreamState>): void {
  const known = [...after].filter(([, { last }]) => last !== null);
  statement.with(
    'last_now',
    `insert into inbox_stream (stream, revision) select * from unnest(
      ${statement.bindArray(
        'text',
        known.map(([stream]) => stream),
      )},
      ${statement.bindArray(
        'bigint',
        known.map(([, { last }]) => last),
      )})
     on conflict (stream) do update set revision = excluded.revision`,
  );
}

/** A stream waits as long as something stands aside for it. */
function writeGaps(
  statement: Statement,
  owner: Owner,
  before: ReadonlyMap<string, StreamState>,
  after: ReadonlyMap<string, StreamState>,
): void {
  const waiting = [...after].filter(([, { aside }]) => aside.length > 0);
  const closed = [...after].filter(([, { aside }]) => aside.length === 0).map(([stream]) => stream);
  const drained = [...before].flatMap(([stream, { aside }]) =>
    aside.filter(
      ({ revision }) => !after.get(stream)?.aside.some((still) => still.revision === revision),
    ),
  );
  if (waiting.length > 0) {
    statement.with(
      'gaps_open',
      `insert into inbox_gap (stream, owner, after, arrived) select u.stream, ${statement.bind(owner)}, u.after, u.arrived from unnest(
        ${statement.bindArray(
          'text',
          waiting.map(([stream]) => stream),
        )},
        ${statement.bindArray(
          'bigint',
          waiting.map(([, { last }]) => last),
        )},
        ${statement.bindArray(
          'bigint',
          waiting.map(([, { aside }]) => earliest(aside)),
        )}) as u (stream, after, arrived)
       on conflict (stream) do update set after = excluded.after, arrived = excluded.arrived`,
    );
  }
  if (closed.length > 0) {
    statement.with(
      'gaps_closed',
      `delete from inbox_gap where stream = any(${statement.bindArray('text', closed)})`,
    );
  }
  if (drained.length > 0) {
    statement.with(
      'drained',
      `delete from inbox_aside a using unnest(${statement.bindArray(
        'text',
        drained.map(({ stream }) => stream),
      )},
        ${statement.bindArray(
          'bigint',
          drained.map(({ revision }) => revision),
        )}) as u (stream, revision)
       where a.stream = u.stream and a.revision = u.revision`,
    );
  }
}

export const earliest = (events: readonly Published[]): bigint | null =>
  events.reduce<bigint | null>(
    (least, { revision }) => (least === null || revision < least ? revision : least),
    null,
  );
