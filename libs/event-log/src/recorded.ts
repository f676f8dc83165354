import { type JsonObject, type PreparedEvent, type Recorded, tenantOf } from '@tributary/kernel';

type Place = Pick<Recorded, 'position' | 'recordedAt' | 'revision' | 'stream'>;

/**
 * What was stored, as readers are given it. `data` is to be parsed from its text, so that what the caller does to its own object later
 * cannot change the past. Spelled out, because there is one of each event.
 */
export const recordedFrom = (
  event: PreparedEvent,
  data: JsonObject,
  { position, recordedAt, revision, stream }: Place,
): Recorded => ({
  position,
  revision,
  stream,
  tenant: tenantOf(stream),
  type: event.type,
  data,
  id: event.id,
  schemaVersion: event.schemaVersion,
  occurredAt: event.occurredAt,
  recordedAt,
  commandId: event.commandId,
  commandIndex: event.commandIndex,
  fingerprint: event.fingerprint,
  actor: event.actor,
  causationId: event.causationId,
  correlationId: event.correlationId,
  traceParent: event.traceParent,
  contentHash: event.contentHash,
});
