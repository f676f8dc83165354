import { canonicalJson } from './canonical-json';
import { CodedError } from './coded-error';
import { assertBalanced } from './entry';
import { sha256Hex } from './hash';
import { type Instant, isInstant } from './instant';
import type { JsonObject } from './json';
import type { StreamName } from './stream-name';
import { type Uuid, isUuid } from './uuid';

/** A fact as a decision states it. `occurredAt` is the world's clock; `data.entry` is reserved for a balanced entry. */
export interface DomainEvent<T extends string = string, D extends object = JsonObject> {
  readonly type: T;
  readonly data: D;
  readonly occurredAt: Instant;
  /** 1 unless the shape of `data` has changed since the type was first stored. */
  readonly schemaVersion?: number;
}

/** Who and what stands behind an append. */
export interface Cause {
  readonly commandId: Uuid;
  /** Of the command or fact as it was sent; opaque to the log, compared as text. */
  readonly fingerprint: string;
  readonly actor: string;
  readonly causationId: Uuid | null;
  readonly correlationId: string;
  readonly traceParent: string | null;
}

/** A fact ready to be appended: checked, measured and hashed once. Only `prepare` makes one. */
export interface PreparedEvent extends Cause {
  readonly id: Uuid;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: JsonObject;
  /** Canonical JSON of `data`. */
  readonly dataText: string;
  readonly occurredAt: Instant;
  readonly commandIndex: number;
  /** SHA-256 of the content bytes, hexadecimal. */
  readonly contentHash: string;
  /** Size of the content bytes. */
  readonly bytes: number;
}

/** A fact as the log holds it. */
export interface Recorded<T extends string = string, D extends object = JsonObject> extends Cause {
  readonly id: Uuid;
  readonly type: T;
  readonly schemaVersion: number;
  readonly data: D;
  readonly occurredAt: Instant;
  readonly commandIndex: number;
  readonly contentHash: string;
  readonly stream: StreamName;
  readonly revision: bigint;
  readonly position: bigint;
  readonly tenant: string;
  readonly recordedAt: Instant;
}

export const MAX_EVENT_BYTES = 60 * 1024;
export const MAX_APPEND_BYTES = 512 * 1024;

const TYPE = /^[A-Z][A-Za-z0-9]{0,63}$/;

export function prepare(
  event: DomainEvent<string, object>,
  cause: Cause,
  commandIndex: number,
  id: Uuid,
): PreparedEvent {
  const { type, occurredAt, schemaVersion = 1 } = event;
  const data = event.data as JsonObject;
  const { commandId, fingerprint, actor, causationId, correlationId, traceParent } = cause;
  const content = { type, schemaVersion, occurredAt, commandIndex, commandId, actor, causationId };
  assertEnvelope(content, id);
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw refused('data', 'it is not an object');
  if (Object.hasOwn(data, 'entry')) assertBalanced(data['entry']);

  const dataText = inOnePiece(canonicalJson(data));
  const text = contentText(content, dataText);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_EVENT_BYTES) {
    const facts = { type, bytes, limit: MAX_EVENT_BYTES };
    const message = `${type} has ${bytes} bytes; an event has at most ${MAX_EVENT_BYTES}.`;
    throw new CodedError('event_too_large', message, facts);
  }
  // Spelled out, because spreading so many fields would cost more than everything else here together.
  return {
    id,
    type,
    schemaVersion,
    data,
    dataText,
    occurredAt,
    commandId,
    commandIndex,
    fingerprint,
    actor,
    causationId,
    correlationId,
    traceParent,
    contentHash: sha256Hex(text),
    bytes,
  };
}

/**
 * Text that was put together stays a tree of its pieces until somebody reads it, as measuring does. Kept as a tree, the data
 * would be most of what an event holds while it waits for its commit.
 */
function inOnePiece(text: string): string {
  Buffer.byteLength(text);
  return text;
}

/** What the content bytes quote as it stands: nothing here may need escaping. */
function assertEnvelope(content: Content, id: Uuid): void {
  const { type, schemaVersion, occurredAt, commandIndex, commandId, causationId } = content;
  if (!TYPE.test(type)) throw refused('type', 'it is not a name like CommissionPosted');
  if (!Number.isSafeInteger(schemaVersion) || schemaVersion < 1)
    throw refused('schemaVersion', 'it counts from 1');
  if (!Number.isSafeInteger(commandIndex) || commandIndex < 0)
    throw refused('commandIndex', 'it counts from 0');
  if (!isInstant(occurredAt)) throw refused('occurredAt', 'it is not an instant');
  if (!isUuid(id)) throw refused('id', NOT_A_UUID);
  if (!isUuid(commandId)) throw refused('commandId', NOT_A_UUID);
  if (causationId !== null && !isUuid(causationId)) throw refused('causationId', NOT_A_UUID);
}

const NOT_A_UUID = 'it is not a UUID in lower case';

const refused = (field: string, reason: string): CodedError =>
  new CodedError('invalid_event', `Refused event, see its ${field}: ${reason}.`, { field, reason });

/** Throws when an append is empty or larger than every adapter takes. */
export function assertAppendable(events: readonly PreparedEvent[]): void {
  if (events.length === 0)
    throw new CodedError('empty_append', 'An append holds at least one event.');
  const bytes = events.reduce((sum, event) => sum + event.bytes, 0);
  if (bytes > MAX_APPEND_BYTES) {
    throw new CodedError(
      'append_too_large',
      `The append has ${bytes} bytes; at most ${MAX_APPEND_BYTES} fit.`,
      {
        bytes,
        limit: MAX_APPEND_BYTES,
      },
    );
  }
}

type Content = Pick<
  PreparedEvent,
  'actor' | 'causationId' | 'commandId' | 'commandIndex' | 'occurredAt' | 'schemaVersion' | 'type'
>;

/**
 * The content bytes: what was decided, by whom, because of what. Keys stand in canonical order; the golden vector
 * fixes them for ever, because every proof rests on them.
 */
export function contentText(of: Content, dataText: string): string {
  return (
    `{"actor":${canonicalJson(of.actor)},"causationId":${canonicalJson(of.causationId)},` +
    `"commandId":"${of.commandId}","commandIndex":${of.commandIndex},"data":${dataText},` +
    `"occurredAt":"${of.occurredAt}","schemaVersion":${of.schemaVersion},"type":"${of.type}"}`
  );
}

/** The content hash, computed again from what was read back. */
export const contentHashOf = (event: Content & { readonly data: object }): string =>
  sha256Hex(contentText(event, canonicalJson(event.data as JsonObject)));

type Leaf = Pick<Recorded, 'contentHash' | 'id' | 'recordedAt' | 'revision' | 'stream'>;

/** The leaf bytes: that this content stands at this place since this moment. Also fixed by a golden vector. */
export const leafText = (of: Leaf): string =>
  `{"contentHash":"${of.contentHash}","id":"${of.id}","recordedAt":"${of.recordedAt}",` +
  `"revision":"${of.revision}","stream":"${of.stream}"}`;
