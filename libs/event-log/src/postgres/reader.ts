import type { Recorded, StreamName } from '@tributary/kernel';
import { Together, orUnavailable } from '@tributary/postgres';
import type { Pool } from 'pg';
import { isUnfiltered } from '../filter';
import type { Batch, Filter, Position } from '../port';
import { copiedValues } from './reader-copy';
import {
  EVENT_COLUMNS,
  type RawRow,
  eventsIn,
  eventsOf,
  rawQuery,
  recordedOf,
} from './stored-events';

const STREAM = `select ${EVENT_COLUMNS} from event e where stream = $1 and revision between $2 and $3 order by revision limit $4`;
const PAGE = `select ${EVENT_COLUMNS} from event e where position > $1 order by position limit $2`;
const HEAD = 'select position from log_head';

/** Passages of many streams, each as far as one page of it goes. */
const STREAMS = `
  select a.place, ${EVENT_COLUMNS}
    from unnest($1::text[], $2::bigint[], $3::bigint[]) with ordinality as a (stream, first, last, place)
    cross join lateral (select * from event s where s.stream = a.stream and s.revision between a.first and a.last
      order by s.revision limit $4) e
   order by a.place, e.revision`;

/** Of a stream that is read for the first time; most have no more, and many are asked for together. */
const BEGINNING_EVENTS = 32;
const MOST_BEGINNINGS = 64;

/** Both revisions included. */
interface Passage {
  readonly stream: StreamName;
  readonly from?: bigint | undefined;
  readonly through?: bigint | undefined;
}

/** Looks at a bounded stretch, so that a filter that finds little moves on too. */
const FILTERED = `
  select h.position, ${EVENT_COLUMNS}
    from log_head h
    left join (
      select * from event
       where position > $1 and position <= $1 + $3
         and ($4::text[] is null or type = any ($4))
         and ($5::text[] is null or stream ^@ any ($5))
       order by position limit $2) e on true
   order by e.position`;

const STRETCH = 50_000;
/** Events of one COPY. */
const COPIED = 20_000;
const PAGE_EVENTS = { first: 100, max: 1_000 };
const PAGE_BYTES = 4 * 1024 * 1024;
const BEHIND_EVERYTHING = 2n ** 62n;

/** Events in pages: positions are dense and in commit order, so a page needs no look at what is in flight. */
export class Reader {
  private readonly beginnings: Together<Required<Passage>, RawRow[]>;

  constructor(private readonly pool: Pool) {
    this.beginnings = new Together((asked) => this.readBeginnings(asked), MOST_BEGINNINGS);
  }

  async head(): Promise<Position> {
    const [row] = await this.rows(rawQuery('head', HEAD));
    return BigInt(row?.[0] ?? 0);
  }

  async *stream({
    stream,
    from = 0n,
    through = BEHIND_EVERYTHING,
  }: Passage): AsyncGenerator<Recorded, void, undefined> {
    const size = new PageSize();
    const first = await this.beginnings.ask({ stream, from, through });
    for (const row of first) yield recordedOf(row);
    if (first.length < BEGINNING_EVENTS) return;
    size.learn(first);
    for (let next = from + BigInt(first.length); next <= through;) {
      const limit = size.events;
      const values = [stream, String(next), String(through), limit];
      const rows = await this.rows(rawQuery('read_stream', STREAM, values));
      size.learn(rows);
      for (const row of rows) yield recordedOf(row);
      if (rows.length < limit) return;
      next += BigInt(rows.length);
    }
  }

  async *all(after: Position, filter: Filter): AsyncGenerator<Batch, void, undefined> {
    yield* isUnfiltered(filter) ? this.copied(after) : this.paged(after, filter);
  }

  /** The server sends on while a batch is decoded and consumed; stretches keep its snapshots short. */
  private async *copied(after: Position): AsyncGenerator<Batch, void, undefined> {
    for (let from = after, caughtUp = false; !caughtUp;) {
      const select = `select ${EVENT_COLUMNS} from event e where position > ${from} order by position limit ${COPIED}`;
      let count = 0;
      // One batch is held back, because only the end shows whether it was the last.
      let last: Batch | undefined;
      for await (const values of copiedValues(this.pool, select)) {
        if (last) yield last;
        const events = eventsIn(values);
        count += events.length;
        from = events.at(-1)?.position ?? from;
        last = { events, through: from, caughtUp: false };
      }
      // After a long stretch there may be a new head by now.
      caughtUp = count < PAGE_EVENTS.max;
      yield { events: last?.events ?? [], through: from, caughtUp };
    }
  }

  /** While one page is being consumed, the next one is on its way. */
  private async *paged(after: Position, filter: Filter): AsyncGenerator<Batch, void, undefined> {
    const pages = this.pages(filter);
    let coming = pages(after);
    for (;;) {
      const batch = await coming;
      if (!batch.caughtUp) {
        coming = pages(batch.through);
        // Awaited in the next turn; if the consumer leaves before, nobody needs it.
        coming.catch(Boolean);
      }
      yield batch;
      if (batch.caughtUp) return;
    }
  }

  /** Reads on from any position; learns from one page how large the next may be. */
  pages(filter: Filter): (after: Position) => Promise<Batch> {
    const size = new PageSize();
    return isUnfiltered(filter)
      ? (after) => this.page(after, size)
      : (after) => this.filteredPage(after, filter, size);
  }

  private async page(after: Position, size: PageSize): Promise<Batch> {
    const limit = size.events;
    const rows = await this.rows(rawQuery('read_all', PAGE, [String(after), limit]));
    size.learn(rows);
    const events = eventsOf(rows);
    return { events, through: events.at(-1)?.position ?? after, caughtUp: rows.length < limit };
  }

  private async filteredPage(
    after: Position,
    { categories, types }: Filter,
    size: PageSize,
  ): Promise<Batch> {
    const limit = size.events;
    const prefixes = categories?.map((category) => `${category}-`) ?? null;
    const values = [String(after), limit, STRETCH, types ?? null, prefixes];
    const rows = await this.rows(rawQuery('read_filtered', FILTERED, values));
    const head = BigInt(rows[0]?.[0] ?? 0);
    const found = rows.filter((row) => row[1] !== null).map((row) => row.slice(1));
    size.learn(found);
    const events = eventsOf(found);
    const looked = min(after + BigInt(STRETCH), head);
    const through = events.length < limit ? max(looked, after) : (events.at(-1)?.position ?? after);
    return { events, through, caughtUp: through >= head };
  }

  private async readBeginnings(asked: readonly Required<Passage>[]): Promise<RawRow[][]> {
    const streams = asked.map(({ stream }) => stream);
    const from = asked.map(({ from: revision }) => String(revision));
    const through = asked.map(({ through: revision }) => String(revision));
    const found = asked.map((): RawRow[] => []);
    const values = [streams, from, through, BEGINNING_EVENTS];
    for (const [place, ...row] of await this.rows(rawQuery('read_streams', STREAMS, values)))
      found[Number(place) - 1]?.push(row);
    return found;
  }

  private async rows(query: ReturnType<typeof rawQuery>): Promise<readonly RawRow[]> {
    try {
      return (await this.pool.query<RawRow[]>(query)).rows as unknown as readonly RawRow[];
    } catch (error) {
      throw orUnavailable(error);
    }
  }
}

/** Keeps pages of large events small enough to hold. */
class PageSize {
  events = PAGE_EVENTS.first;

  learn(rows: readonly RawRow[]): void {
    let bytes = 0;
    for (const row of rows) bytes += (row[4]?.length ?? 0) + ROW_BYTES;
    const fitting =
      rows.length === 0 ? PAGE_EVENTS.max : Math.floor((PAGE_BYTES * rows.length) / bytes);
    this.events = Math.max(1, Math.min(PAGE_EVENTS.max, fitting));
  }
}

/** About what the envelope takes. */
const ROW_BYTES = 500;

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
