import { instantOfMs, tenantOf } from '@tributary/kernel';
import type { Instant, JsonObject, Recorded, StreamName } from '@tributary/kernel';
import type { QueryConfig } from 'pg';

/**
 * The columns of an event, in the order in which `recordedOf` takes them. Neither null nor the bytes of a hash are sent as
 * they are: COPY writes both with a backslash, which would then have to be looked for in every text.
 */
export const EVENT_COLUMNS = `e.position, e.revision, e.stream, e.type, e.data, e.id, e.schema_version, e.occurred_at,
  e.recorded_at, e.command_id, e.command_index, e.fingerprint, e.actor, coalesce(e.causation_id::text, ''), e.correlation_id,
  coalesce(e.trace_parent, ''), encode(e.content_hash, 'hex')`;

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

/** Of rows that lie one behind the other. */
export function eventsIn(values: RawRow): Recorded[] {
  const texts: string[] = [];
  for (let at = DATA; at < values.length; at += WIDTH) texts.push(values[at] as string);
  return parsedAll(texts).map((data, i) => eventAt(values, i * WIDTH, data));
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
