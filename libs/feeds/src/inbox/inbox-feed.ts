import type { Fields, Position } from '@tributary/event-log';
import { CodedError, type Instant, type JsonObject, type StreamName } from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import type { Feed, FeedBatch, FeedEvent, FeedRow, FeedSubscription } from '../feed';
import { FeedTail } from '../feed-tail';
import type { Wake } from '../wake';

interface Row {
  readonly position: string;
  readonly log_position: string;
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: string;
  readonly tenant: string;
  readonly occurred_at: string;
  readonly recorded_at: string;
  readonly correlation_id: string;
  readonly causation_id: string | null;
  readonly trace_parent: string | null;
  readonly data: JsonObject;
}

const eventOf = (row: Row): FeedEvent => ({
  id: row.id,
  type: row.type,
  stream: row.stream as StreamName,
  revision: BigInt(row.revision),
  position: BigInt(row.position),
  logPosition: BigInt(row.log_position),
  tenant: row.tenant,
  occurredAt: row.occurred_at as Instant,
  recordedAt: row.recorded_at as Instant,
  correlationId: row.correlation_id,
  causationId: row.causation_id,
  traceParent: row.trace_parent,
  data: row.data,
});

const PAGE_SIZE = 1000;
const FIELDS_PAGE_SIZE = 5000;

const COLUMNS = `position, log_position, id, type, stream, revision, tenant, occurred_at, recorded_at, correlation_id, causation_id,
  trace_parent, data`;

// Head and rows of one snapshot: positions are in commit order, so nothing can appear below the head later.
const PAGE = `
with page as (
  select ${COLUMNS} from inbox where position > $1 and ($2::text[] is null or type = any($2)) order by position limit ${PAGE_SIZE})
select head.position as head, page.* from inbox_head head left join page on true order by page.position`;

const ENVELOPE_SQL: Readonly<Record<string, string>> = {
  $id: 'id::text',
  $stream: 'stream',
  $tenant: 'tenant',
  $revision: 'revision::text',
  $logPosition: 'log_position::text',
  $occurredAt: 'occurred_at',
  $recordedAt: 'recorded_at',
  $correlationId: 'correlation_id',
  $causationId: 'causation_id::text',
};

/** The inbox in the shape of a feed, so that projections and reactions need not know where an event came from. */
export class InboxFeed implements Feed {
  readonly name = 'inbox';
  private readonly tail = new FeedTail((after) => this.alone(after, undefined));

  constructor(
    private readonly database: Database,
    private readonly received: Wake,
    /** How soon what another process received is seen. */
    private readonly pollMs = 250,
  ) {}

  subscribe(after: Position, types: readonly string[]): FeedSubscription {
    const wanted = new Set(types);
    return this.tail.subscribe(
      after,
      ({ type }) => wanted.has(type),
      (from) => this.alone(from, types),
    );
  }

  private alone(after: Position, types: readonly string[] | undefined): FeedSubscription {
    const closing = new AbortController();
    const follow = () => this.follow(after, types, closing.signal);
    return {
      close: () => {
        closing.abort();
        return Promise.resolve();
      },
      [Symbol.asyncIterator]: follow,
    };
  }

  async *readAll(after: Position, types: readonly string[]): AsyncGenerator<FeedBatch> {
    for (let through = after; ;) {
      const batch = await this.page(through, types);
      yield batch;
      if (batch.caughtUp) return;
      through = batch.through;
    }
  }

  async *readFields(
    after: Position,
    fields: Fields,
    through: Position,
  ): AsyncGenerator<readonly FeedRow[]> {
    const parameters: unknown[] = [];
    const bind = (value: unknown) => `$${parameters.push(value)}`;
    const cases = Object.entries(fields).map(([type, paths]) => {
      const values = paths.map(
        (path) => ENVELOPE_SQL[path] ?? `data #>> ${bind(path.split('.'))}::text[]`,
      );
      return `when ${bind(type)} then json_build_array(${values.join(', ')})`;
    });
    if (cases.length === 0) return;
    const sql = `select position, type, stream, case type ${cases.join(' ')} end as values from inbox
      where type = any(${bind(Object.keys(fields))}) and position <= ${bind(String(through))} and position > ${bind('')}
      order by position limit ${FIELDS_PAGE_SIZE}`;
    for (let last = after; ;) {
      parameters[parameters.length - 1] = String(last);
      const { rows } = await this.database.pool.query<
        Omit<FeedRow, 'position'> & { position: string }
      >(sql, parameters);
      if (rows.length > 0) yield rows.map((row) => ({ ...row, position: BigInt(row.position) }));
      if (rows.length < FIELDS_PAGE_SIZE) return;
      last = BigInt(rows[rows.length - 1]?.position ?? 0);
    }
  }

  async *readStream(stream: string, from: bigint): AsyncGenerator<FeedEvent> {
    for (let next = from; ;) {
      const { rows } = await this.database.pool.query<Row>(
        `select * from inbox where stream = $1 and revision >= $2 order by revision limit ${PAGE_SIZE}`,
        [stream, String(next)],
      );
      for (const row of rows) yield eventOf(row);
      if (rows.length < PAGE_SIZE) return;
      next = BigInt(rows[rows.length - 1]?.revision ?? 0) + 1n;
    }
  }

  async head(): Promise<Position> {
    const { rows } = await this.database.pool.query<{ position: string }>(
      'select position from inbox_head',
    );
    return BigInt(rows[0]?.position ?? 0);
  }

  private async *follow(
    after: Position,
    types: readonly string[] | undefined,
    stop: AbortSignal,
  ): AsyncGenerator<FeedBatch> {
    for (let through = after, isFirst = true; !stop.aborted; isFirst = false) {
      const seen = this.received.count;
      const batch = await this.page(through, types);
      if (batch.through > through || isFirst) yield batch;
      through = batch.through;
      if (batch.caughtUp) await this.received.after(seen, this.pollMs, stop);
    }
  }

  private async page(after: Position, types: readonly string[] | undefined): Promise<FeedBatch> {
    const { rows } = await this.database.pool.query<Row & { head: string }>(PAGE, [
      String(after),
      types ?? null,
    ]);
    if (!rows[0]) throw new CodedError('inbox_without_head', 'The inbox has lost its head row.');
    const events = rows.filter((row) => (row.position as string | null) !== null).map(eventOf);
    const last = events[events.length - 1];
    if (last && events.length === PAGE_SIZE)
      return { events, through: last.position, caughtUp: false };
    const head = BigInt(rows[0].head);
    return { events, through: head > after ? head : after, caughtUp: true };
  }
}
