import { jsonEvent } from '@eventstore/db-client';
import type { JSONEventData, ResolvedEvent } from '@eventstore/db-client';
import { CodedError, parseStreamName, tenantOf } from '@tributary/kernel';
import type { Instant, JsonObject, PreparedEvent, Recorded } from '@tributary/kernel';

/** Stored beside the data. The two names with a `$` are the server's own, and it follows them in its projections. */
interface Envelope {
  readonly eventId: string;
  readonly commandId: string;
  readonly commandIndex: number;
  readonly fingerprint: string;
  readonly actor: string;
  readonly $causationId?: string;
  readonly $correlationId: string;
  readonly traceParent?: string;
  readonly schemaVersion: number;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly contentHash: string;
}

/** The server says this for "no position": it does not give one, or is older than 22.6 and does not in reads of a stream. */
const NO_POSITION = 2n ** 64n - 1n;

const NAMES = [
  'eventId',
  'commandId',
  'fingerprint',
  'actor',
  '$correlationId',
  'occurredAt',
  'recordedAt',
  'contentHash',
] as const satisfies readonly (keyof Envelope)[];

export type Written = JSONEventData;

/**
 * The id that the server sees names this call of `append`, not the event: the server answers "stored" to ids that it knows
 * without looking at the content, so it must never meet an id again except in a retry of the very same call.
 */
export function writtenOf(event: PreparedEvent, recordedAt: Instant): Written {
  const metadata: Envelope = {
    eventId: event.id,
    commandId: event.commandId,
    commandIndex: event.commandIndex,
    fingerprint: event.fingerprint,
    actor: event.actor,
    ...(event.causationId === null ? {} : { $causationId: event.causationId }),
    $correlationId: event.correlationId,
    ...(event.traceParent === null ? {} : { traceParent: event.traceParent }),
    schemaVersion: event.schemaVersion,
    occurredAt: event.occurredAt,
    recordedAt,
    contentHash: event.contentHash,
  };
  // Parsed anew, so that what the caller does to its own object while the append waits its turn changes nothing.
  const data = JSON.parse(event.dataText) as JsonObject;
  return jsonEvent({ type: event.type, data, metadata });
}

/** Whether an event is ours, or something that the server or its neighbours keep in the same log. */
export function isOurs({ event }: ResolvedEvent): boolean {
  return event !== undefined && !event.type.startsWith('$') && OURS.test(event.streamId);
}

const OURS = /^[a-z][a-z0-9]*-[a-z0-9]+\./;

export function positionOf({ event, commitPosition }: ResolvedEvent): bigint {
  const position = event?.position?.commit ?? commitPosition ?? NO_POSITION;
  if (position === NO_POSITION) {
    throw new CodedError(
      'store_too_old',
      'EventStoreDB gave an event without its position; 23.10 or newer is needed.',
    );
  }
  return position;
}

export function recordedOf(resolved: ResolvedEvent): Recorded {
  const { event } = resolved;
  if (event === undefined) throw corrupt(resolved, 'the event behind a link is gone');
  const { metadata, data } = event;
  if (!isEnvelope(metadata)) throw corrupt(resolved, 'its metadata are no envelope');
  if (typeof data !== 'object' || data === null || data instanceof Uint8Array) {
    throw corrupt(resolved, 'its data are no JSON object');
  }
  const stream = parseStreamName(event.streamId);
  return {
    id: metadata.eventId,
    type: event.type,
    schemaVersion: metadata.schemaVersion,
    data: data as JsonObject,
    stream,
    revision: event.revision,
    position: positionOf(resolved),
    tenant: tenantOf(stream),
    occurredAt: metadata.occurredAt,
    recordedAt: metadata.recordedAt,
    actor: metadata.actor,
    commandId: metadata.commandId,
    commandIndex: metadata.commandIndex,
    fingerprint: metadata.fingerprint,
    causationId: metadata.$causationId ?? null,
    correlationId: metadata.$correlationId,
    traceParent: metadata.traceParent ?? null,
    contentHash: metadata.contentHash,
  };
}

function isEnvelope(metadata: unknown): metadata is Envelope {
  if (typeof metadata !== 'object' || metadata === null) return false;
  const found = metadata as Record<string, unknown>;
  return (
    NAMES.every((name) => typeof found[name] === 'string') &&
    Number.isInteger(found['commandIndex']) &&
    Number.isInteger(found['schemaVersion'])
  );
}

function corrupt({ event }: ResolvedEvent, reason: string): CodedError {
  const place = `${event?.streamId ?? 'a link'} at ${event?.revision ?? 'an unknown revision'}`;
  return new CodedError(
    'corrupt_event',
    `Not an event of ours in a stream of ours: ${place}, ${reason}.`,
    {
      stream: event?.streamId,
      revision: event?.revision,
      reason,
    },
  );
}
