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

/** The data of all rows are parsed as one array: the parser then knows their shape from one to the next. */
export function eventsOf(rows: readonly RawRow[]): Recorded[] {
  const data = JSON.parse(`[${rows.map((row) => row[4]).join(',')}]`) as JsonObject[];
  return rows.map((row, i) => withData(row, data[i] as JsonObject));
}

export const recordedOf = (row: RawRow): Recorded =>
  withData(row, JSON.parse(row[4] as string) as JsonObject);

/** Plain indexing, here and in the caches below: this runs for each event of every replay. */
function withData(row: RawRow, data: JsonObject): Recorded {
  const stream = row[2] as StreamName;
  return {
    position: BigInt(row[0] as string),
    revision: BigInt(row[1] as string),
    stream,
    tenant: tenantOf(stream),
    type: row[3] as string,
    data,
    id: row[5] as string,
    schemaVersion: Number(row[6]),
    occurredAt: occurredAt(row[7] as string),
    recordedAt: recordedAt(row[8] as string),
    commandId: row[9] as string,
    commandIndex: Number(row[10]),
    fingerprint: row[11] as string,
    actor: row[12] as string,
    causationId: row[13] || null,
    correlationId: row[14] as string,
    traceParent: row[15] || null,
    contentHash: row[16] as string,
  };
}

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
