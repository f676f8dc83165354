import type { Owner, Published } from '@tributary/contracts';
import { CodedError } from '@tributary/kernel';
import type { Database, Queryable } from '@tributary/postgres';
import { factsText, isDataError, reasonOf } from '../failure';
import type { FeedObserver, Gap } from '../observer';
import type { Inbox, Offset } from '../ports';
import { Statement } from '../statement';
import { Wake } from '../wake';
import { admit, type Admitted, type StreamState } from './admission';
import type { DeadLetterTable } from './dead-letter-table';

type Aside = Omit<Published, 'position' | 'previous' | 'revision'> &
  Record<'position' | 'previous' | 'revision', string | null>;

/**
 * Other services' events, each exactly once per revision, under dense positions of our own: an ordered feed like the log.
 * Whoever brings something takes the head row first, so that positions are in commit order.
 */
export class InboxTable implements Inbox {
  /** Rings in this process when something came. */
  readonly received = new Wake();
  /** Rings when a stream began to wait. */
  readonly gapOpened = new Wake();

  constructor(
    private readonly database: Database,
    private readonly deadLetters: DeadLetterTable,
    private readonly observer: FeedObserver,
  ) {}

  async receive(owner: Owner, events: readonly Published[], offset: Offset): Promise<void> {
    try {
      await this.admitAll(owner, events, offset);
    } catch (error) {
      if (!isDataError(error)) throw error;
      await this.oneByOne(owner, events, offset);
    }
  }

  /** What the owner answered to a gap; moves no offset. */
  async fill(owner: Owner, events: readonly Published[]): Promise<void> {
    await this.admitAll(owner, events, undefined);
  }

  async offsetOf(owner: Owner, channel: string): Promise<bigint | undefined> {
    const { rows } = await this.database.pool.query<{ next: string }>(
      'select next from inbox_offset where owner = $1 and channel = $2',
      [owner, channel],
    );
    return rows[0] && BigInt(rows[0].next);
  }

  private async admitAll(
    owner: Owner,
    events: readonly Published[],
    offset: Offset | undefined,
  ): Promise<void> {
    const { opened, accepted } = await this.database.transaction(async (tx) => {
      const head = await lockHead(tx);
      const before = await statesOf(tx, [...new Set(events.map(({ stream }) => stream))]);
      const admitted = admit(before, events);
      await write(tx, { owner, head, before, admitted, offset });
      return { opened: openedGaps(owner, before, admitted), accepted: admitted.accepted.length };
    });
    if (accepted > 0) this.received.ring();
    if (opened.length > 0) this.gapOpened.ring();
    for (const gap of opened) this.observer.gap?.(gap);
  }

  /** The database refuses something in there: all the others enter, and that one is set aside where a person sees it. */
  private async oneByOne(
    owner: Owner,
    events: readonly Published[],
    offset: Offset,
  ): Promise<void> {
    for (const event of events) {
      try {
        await this.admitAll(owner, [event], undefined);
      } catch (error) {
        if (!isDataError(error)) throw error;
        await this.deadLetters.keep({
          owner,
          channel: `${offset.channel}#refused`,
          offset: event.position,
          key: event.stream,
          reason: reasonOf(error, 'refused').reason,
          raw: factsText({ ...event }),
        });
      }
    }
    await this.admitAll(owner, [], offset);
  }
}

async function lockHead(tx: Queryable): Promise<bigint> {
  const { rows } = await tx.query<{ position: string }>(
    'select position from inbox_head for update',
  );
  if (!rows[0]) throw new CodedError('inbox_without_head', 'The inbox has lost its head row.');
  return BigInt(rows[0].position);
}

async function statesOf(
  tx: Queryable,
  streams: readonly string[],
): Promise<Map<string, StreamState>> {
  if (streams.length === 0) return new Map();
  const { rows } = await tx.query<{
    stream: string;
    revision: string | null;
    aside: readonly Aside[];
  }>(
    `select s.stream, last.revision, coalesce(
       (select json_agg(a.event order by a.revision) from inbox_aside a where a.stream = s.stream), '[]') as aside
     from unnest($1::text[]) as s (stream) left join inbox_stream last on last.stream = s.stream`,
    [streams],
  );
  return new Map(
    rows.map(({ stream, revision, aside }) => [
      stream,
      { last: revision === null ? null : BigInt(revision), aside: aside.map(publishedOfAside) },
    ]),
  );
}

const publishedOfAside = (aside: Aside): Published => ({
  ...aside,
  revision: BigInt(aside.revision ?? 0),
  position: BigInt(aside.position ?? 0),
  previous: aside.previous === null ? null : BigInt(aside.previous),
});

interface Arrival {
  readonly owner: Owner;
  readonly head: bigint;
  readonly before: ReadonlyMap<string, StreamState>;
  readonly admitted: Admitted;
  readonly offset: Offset | undefined;
}

async function write(
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
    `insert into inbox (position, owner, id, type, stream, revision, tenant, occurred_at, recorded_at, correlation_id, causation_id,
       trace_parent, data)
     select u.position, ${statement.bind(owner)}, u.id::uuid, u.type, u.stream, u.revision, u.tenant, u.occurred_at, u.recorded_at,
       u.correlation_id, u.causation_id::uuid, u.trace_parent, u.data
     from unnest(${number((_, i) => head + BigInt(i) + 1n)}, ${text(({ id }) => id)}, ${text(({ type }) => type)},
       ${text(({ stream }) => stream)}, ${number(({ revision }) => revision)}, ${text(({ tenant }) => tenant)},
       ${text(({ occurredAt }) => occurredAt)}, ${text(({ recordedAt }) => recordedAt)},
       ${text(({ correlationId }) => correlationId)}, ${text(({ causationId }) => causationId)},
       ${text(({ traceParent }) => traceParent)}, ${statement.bindArray(
         'json',
         accepted.map(({ data }) => data),
       )})
       as u (position, id, type, stream, revision, tenant, occurred_at, recorded_at, correlation_id, causation_id, trace_parent, data)`,
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

function openedGaps(
  owner: Owner,
  before: ReadonlyMap<string, StreamState>,
  { after }: Admitted,
): Gap[] {
  return [...after]
    .filter(
      ([stream, { aside }]) => aside.length > 0 && (before.get(stream)?.aside.length ?? 0) === 0,
    )
    .map(([stream, { last, aside }]) => ({ owner, stream, after: last, arrived: earliest(aside) }));
}

const earliest = (events: readonly Published[]): bigint | null =>
  events.reduce<bigint | null>(
    (least, { revision }) => (least === null || revision < least ? revision : least),
    null,
  );
