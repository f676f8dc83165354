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
  ({ name, text, values, rowMode: 'array', types: RAW_TYPES }) as const;

export function recordedOf(row: RawRow): Recorded {
  const [position, revision, stream, type, data, id, schemaVersion, occurredAt, recordedAt] =
    row as readonly string[];
  const [commandId, commandIndex, fingerprint, actor] = row.slice(9, 13) as readonly string[];
  return {
    position: BigInt(position as string),
    revision: BigInt(revision as string),
    stream: stream as StreamName,
    tenant: tenantOf(stream as StreamName),
    type: type as string,
    data: JSON.parse(data as string) as JsonObject,
    id: id as string,
    schemaVersion: Number(schemaVersion),
    occurredAt: moment(occurredAt as string),
    recordedAt: moment(recordedAt as string),
    commandId: commandId as string,
    commandIndex: Number(commandIndex),
    fingerprint: fingerprint as string,
    actor: actor as string,
    causationId: row[13] ?? null,
    correlationId: row[14] as string,
    traceParent: row[15] ?? null,
    contentHash: (row[16] as string).slice(2),
  };
}

let lastMs = '0';
let lastMoment = instantOfMs(0);

/** Neighbours often share their moment, and writing one out costs more than comparing two texts. */
export function moment(ms: string): Instant {
  if (ms !== lastMs) {
    lastMoment = instantOfMs(Number(ms));
    lastMs = ms;
  }
  return lastMoment;
}
