import { instantOfMs, tenantOf } from '@tributary/kernel';
import type { Instant, JsonObject, Recorded, StreamName } from '@tributary/kernel';
import type { QueryConfig } from 'pg';

/** The columns of an event, in the order in which `recordedOf` takes them. */
export const EVENT_COLUMNS = `e.position, e.revision, e.stream, e.type, e.data, e.id, e.schema_version, e.occurred_at,
  e.recorded_at, e.command_id, e.command_index, e.fingerprint, e.actor, e.causation_id, e.correlation_id, e.trace_parent,
  e.content_hash`;

/** A row as the server sent it. Parsing only what is needed makes reading a third faster than the driver's own parsers. */
export type RawRow = readonly (string | null)[];

const RAW_TYPES: NonNullable<QueryConfig['types']> = {
  getTypeParser: () => (text: string) => text,
};

/** A prepared statement whose rows stay text. */
export const rawQuery = (name: string, text: string, values: unknown[] = []) =>
  ({ name: `event_log_${name}`, text, values, rowMode: 'array', types: RAW_TYPES }) as const;

/** Plain indexing, here and in the caches below: this runs for each event of every replay. */
export function recordedOf(row: RawRow): Recorded {
  const stream = row[2] as StreamName;
  return {
    position: BigInt(row[0] as string),
    revision: BigInt(row[1] as string),
    stream,
    tenant: tenantOf(stream),
    type: row[3] as string,
    data: JSON.parse(row[4] as string) as JsonObject,
    id: row[5] as string,
    schemaVersion: Number(row[6]),
    occurredAt: occurredAt(row[7] as string),
    recordedAt: recordedAt(row[8] as string),
    commandId: row[9] as string,
    commandIndex: Number(row[10]),
    fingerprint: row[11] as string,
    actor: row[12] as string,
    causationId: row[13] ?? null,
    correlationId: row[14] as string,
    traceParent: row[15] ?? null,
    contentHash: (row[16] as string).slice(2),
  };
}

/** Neighbours often share a moment, and writing one out costs more than comparing two texts. */
export function momentReader(): (ms: string) => Instant {
  let lastMs = '0';
  let last = instantOfMs(0);
  return (ms) => {
    if (ms !== lastMs) {
      last = instantOfMs(Number(ms));
      lastMs = ms;
    }
    return last;
  };
}

const occurredAt = momentReader();
const recordedAt = momentReader();
