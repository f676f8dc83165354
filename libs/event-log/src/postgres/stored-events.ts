import { instantOfMs, tenantOf } from '@tributary/kernel';
import type { Instant, JsonObject, Recorded, StreamName } from '@tributary/kernel';
import type { QueryConfig } from 'pg';
import { SEPARATOR } from './migrations';

/**
 * The columns of an event, in the order in which `recordedOf` takes them. None is null, because `concat_ws` leaves nulls out and
 * those behind would move up.
 */
export const EVENT_COLUMNS = `e.position, e.revision, e.stream, e.type, e.data, e.id, e.schema_version, e.occurred_at,
  e.recorded_at, e.command_id, e.command_index, e.fingerprint, e.actor, coalesce(e.causation_id::text, ''), e.correlation_id,
  coalesce(e.trace_parent, ''), encode(e.content_hash, 'hex')`;

/** Events of one row of a copy: large enough for few messages, small enough to hold when each event is as large as it may be. */
const BUNDLE = 64;
const ENVELOPES = `concat_ws(E'\\x1e', ${EVENT_COLUMNS.replace('e.data', "''")})`;

/**
 * Events of a stretch of the log, many in each row: the server then sends large pieces, and neither side does for each event or
 * value what it does for a message. As far as the head stands: in one snapshot, so there is nothing behind it.
 */
export const bundlesBetween = (after: bigint, through: bigint): string => `
  select bundle.*
    from generate_series(${after}::bigint, (select least(position, ${through}) from log_head) - 1, ${BUNDLE}) as start
    cross join lateral (
      select '[' || string_agg(e.data::text, ',') || ']', string_agg(${ENVELOPES}, E'\\x1e')
        from (select * from event
               where position > start and position <= least(start + ${BUNDLE}, ${through}) order by position) e
      having count(*) > 0) as bundle`;

/** A row as the server sent it. Parsing only what is needed makes reading a third faster than the driver's own parsers. */
export type RawRow = readonly (string | null)[];

const RAW_TYPES: NonNullable<QueryConfig['types']> = {
  getTypeParser: () => (text: string) => text,
};

/** A prepared statement whose rows stay text. */
export const rawQuery = (name: string, text: string, values: unknown[] = []) =>
  ({ name: `event_log_${name}`, text, values, rowMode: 'array', types: RAW_TYPES }) as const;

/** How many columns there are. */
const WIDTH = 17;

export const eventsOf = (rows: readonly RawRow[]): Recorded[] => {
  const data = parsedAll(rows.map((row) => row[DATA] as string));
  return rows.map((row, i) => eventAt(row, 0, data[i] as JsonObject));
};

/** Of a bundle: the data of its events as one array, and their envelopes one behind the other. */
export function eventsIn(data: string, envelopes: string): Recorded[] {
  const values = envelopes.split(SEPARATOR);
  return (JSON.parse(data) as JsonObject[]).map((each, i) => eventAt(values, i * WIDTH, each));
}

export const recordedOf = (row: RawRow): Recorded =>
  eventAt(row, 0, JSON.parse(row[DATA] as string) as JsonObject);

const DATA = 4;

/** The data of all rows are parsed as one array: the parser then knows their shape from one to the next. */
export const parsedAll = (texts: readonly string[]): JsonObject[] =>
  JSON.parse(`[${texts.join(',')}]`) as JsonObject[];

/** The row that begins there. Plain indexing, here and in the caches below: this runs for each event of every replay. */
function eventAt(row: RawRow, at: number, data: JsonObject): Recorded {
  const stream = row[at + 2] as StreamName;
  return {
    position: wholeOf(row[at] as string),
    revision: wholeOf(row[at + 1] as string),
    stream,
    tenant: tenantOf(stream),
    type: row[at + 3] as string,
    data,
    id: row[at + 5] as string,
    schemaVersion: Number(row[at + 6]),
    occurredAt: occurredAt(row[at + 7] as string),
    recordedAt: recordedAt(row[at + 8] as string),
    commandId: row[at + 9] as string,
    commandIndex: Number(row[at + 10]),
    fingerprint: row[at + 11] as string,
    actor: row[at + 12] as string,
    causationId: row[at + 13] || null,
    correlationId: row[at + 14] as string,
    traceParent: row[at + 15] || null,
    contentHash: row[at + 16] as string,
  };
}

const MOST_DIGITS_OF_A_NUMBER = 15;

/** So short, it is exact as a number, which is read twice as fast. */
export const wholeOf = (text: string): bigint =>
  text.length <= MOST_DIGITS_OF_A_NUMBER ? BigInt(Number(text)) : BigInt(text);

/** Neighbours often share a moment. */
export function momentReader(): (ms: string) => Instant {
  let lastText = '0';
  let last = instantOfMs(0);
  return (ms) => {
    if (ms !== lastText) {
      last = instantOfMs(Number(ms));
      lastText = ms;
    }
    return last;
  };
}

const occurredAt = momentReader();
const recordedAt = momentReader();
