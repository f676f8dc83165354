import type { Published } from '@tributary/contracts';
import type { Position } from '@tributary/event-log';
import type { Instant, JsonObject, StreamName } from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import type { PublishedReader } from '../ports';
import { Wake } from '../wake';
import { PUBLISHED } from './publication';

export interface PublishedRow {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: string;
  readonly previous: string | null;
  readonly position: string;
  readonly tenant: string;
  readonly occurred_at: string;
  readonly recorded_at: string;
  readonly correlation_id: string;
  readonly causation_id: string | null;
  readonly trace_parent: string | null;
  readonly data: JsonObject;
}

export const publishedOf = (row: PublishedRow): Published => ({
  id: row.id,
  type: row.type,
  stream: row.stream as StreamName,
  revision: BigInt(row.revision),
  previous: row.previous === null ? null : BigInt(row.previous),
  position: BigInt(row.position),
  tenant: row.tenant,
  occurredAt: row.occurred_at as Instant,
  recordedAt: row.recorded_at as Instant,
  correlationId: row.correlation_id,
  causationId: row.causation_id,
  traceParent: row.trace_parent,
  data: row.data,
});

// The revision before it in its stream. Derived, because rows arrive in position order and so an earlier one always stands there;
// and so a type that is made public later finds its place by itself.
const PREVIOUS = `coalesce(
  lag(page.revision) over (partition by page.stream order by page.revision),
  (select max(p.revision) from published p where p.stream = page.stream and p.revision < page.revision)) as previous`;

// One statement and so one snapshot: the checkpoint cannot be newer than the rows.
const AFTER = `
with page as (select * from published where position > $1 order by position limit $2)
select s.position as checkpoint, row.* from
  (select coalesce(max(s.position), 0) as position from subscription s
    where s.name = '${PUBLISHED}_v' || (select live_version from projection where name = '${PUBLISHED}')) s
  left join (select page.*, ${PREVIOUS} from page) row on true
order by row.position`;

const OF_STREAM = `
with page as (select * from published where stream = $1 and revision > $2 order by revision limit $3)
select page.*, ${PREVIOUS} from page order by revision`;

type Row = PublishedRow & { readonly checkpoint: string };

const UNDEFINED_TABLE = '42P01';

/** What a gap is filled with at once; the next gap asks for the rest. */
const MAX_OF_STREAM = 1000;

/** The owner's own side of `published`; the answers of `GET /v1/published` and `GET /v1/published/{stream}` are its pages. */
export class PublishedTable implements PublishedReader {
  /** Rings in the process that publishes; others look from time to time. */
  readonly committed = new Wake();

  constructor(private readonly database: Database) {}

  async after(
    position: Position,
    limit: number,
  ): Promise<{ readonly events: readonly Published[]; readonly through: Position }> {
    const rows = await this.page(position, limit);
    const events = rows.filter((row) => (row.position as string | null) !== null).map(publishedOf);
    const last = events[events.length - 1];
    if (last && events.length === limit) return { events, through: last.position };
    const checkpoint = BigInt(rows[0]?.checkpoint ?? 0);
    const reached = last && last.position > checkpoint ? last.position : checkpoint;
    return { events, through: reached > position ? reached : position };
  }

  /** Services of one process start one after the other: who has never published anything has no table yet, and nothing in it. */
  private async page(position: Position, limit: number): Promise<readonly Row[]> {
    try {
      const asked = [String(position), limit];
      const { rows } = await this.database.pool.query<Row>(AFTER, asked);
      return rows;
    } catch (error) {
      if ((error as { readonly code?: string }).code === UNDEFINED_TABLE) return [];
      throw error;
    }
  }

  async ofStream(stream: string, after: bigint | null): Promise<readonly Published[]> {
    const { rows } = await this.database.pool.query<PublishedRow>(OF_STREAM, [
      stream,
      String(after ?? -1n),
      MAX_OF_STREAM,
    ]);
    return rows.map(publishedOf);
  }
}
