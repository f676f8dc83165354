import { isUtf8 } from 'node:buffer';

import type { Owner, Published } from '@tributary/contracts';
import {
  canonicalJson,
  CodedError,
  instant,
  type Instant,
  isUuid,
  type JsonObject,
  parseStreamName,
  type StreamName,
  tenantOf,
} from '@tributary/kernel';

import type { IncomingMessage, OutgoingMessage } from './broker';
import { partitionOf } from './partition';

const CONTENT_TYPE = 'application/cloudevents+json; charset=UTF-8';
/** The longest text that an index of Postgres takes, with some room. */
const ATTRIBUTE_CHARS_MAX = 600;
const INTEGER = /^(?:0|[1-9][0-9]{0,18})$/;
const TYPE = /^[a-z]+\.[a-z][a-z0-9-]*\.v[1-9][0-9]*$/;

const sourceOf = (owner: string): string => `/tributary/${owner}`;

/** Structured mode of CloudEvents 1.0: the value is the whole event, the headers only help people and routers. */
export function toMessage(owner: Owner, event: Published, partitions: number): OutgoingMessage {
  return {
    partition: partitionOf(event.stream, partitions),
    key: event.stream,
    value: toCloudEvent(owner, event),
    headers: {
      'content-type': CONTENT_TYPE,
      tenant: event.tenant,
      position: String(event.position),
      revision: String(event.revision),
    },
  };
}

/** Attributes that are null are left out, as the specification wants it; `JSON.stringify` does that for undefined. */
const toCloudEvent = (owner: Owner, event: Published): string =>
  JSON.stringify({
    specversion: '1.0',
    id: event.id,
    source: sourceOf(owner),
    type: event.type,
    subject: event.stream,
    time: event.occurredAt,
    datacontenttype: 'application/json',
    tenant: event.tenant,
    position: String(event.position),
    revision: String(event.revision),
    previous: event.previous === null ? undefined : String(event.previous),
    recordedtime: event.recordedAt,
    correlationid: event.correlationId,
    causationid: event.causationId ?? undefined,
    traceparent: event.traceParent ?? undefined,
    data: event.data,
  });

/** Throws `unreadable_message` unless everything that the inbox will rely on is there and well-formed. */
export function fromMessage(owner: Owner, { key, value }: IncomingMessage): Published {
  const attributes = parse(value);
  const text = textIn(attributes);
  if (text('specversion') !== '1.0') throw unreadable('specversion', 'is not 1.0');
  if (text('source') !== sourceOf(owner)) throw unreadable('source', `is not ${sourceOf(owner)}`);
  if (text('datacontenttype') !== 'application/json') {
    throw unreadable('datacontenttype', 'is not application/json');
  }
  const type = text('type');
  if (!TYPE.test(type) || !type.startsWith(`${owner}.`)) {
    throw unreadable('type', `is not one of ${owner}`);
  }
  const stream = streamIn(text('subject'));
  if (key === null || key.toString() !== stream) throw unreadable('key', 'is not the subject');
  const tenant = text('tenant');
  if (tenant !== tenantOf(stream)) throw unreadable('tenant', 'is not the one of the subject');

  const revision = integerIn('revision', text('revision'));
  const previous = 'previous' in attributes ? integerIn('previous', text('previous')) : null;
  if (previous !== null && previous >= revision) {
    throw unreadable('previous', 'is not before the revision');
  }
  return {
    id: uuidIn('id', text('id')),
    type,
    stream,
    revision,
    previous,
    position: integerIn('position', text('position')),
    tenant,
    occurredAt: instantIn('time', text('time')),
    recordedAt: instantIn('recordedtime', text('recordedtime')),
    correlationId: text('correlationid'),
    causationId: 'causationid' in attributes ? uuidIn('causationid', text('causationid')) : null,
    traceParent: 'traceparent' in attributes ? text('traceparent') : null,
    data: dataIn(attributes['data']),
  };
}

/** What was received, for a person to look at: as text where it is text that a database takes, else base64. */
export const rawText = (bytes: Buffer | null): string => {
  if (bytes === null) return '';
  return isUtf8(bytes) && !bytes.includes(0)
    ? bytes.toString('utf8')
    : `base64:${bytes.toString('base64')}`;
};

function parse(value: Buffer | null): Record<string, unknown> {
  if (value === null) throw unreadable('value', 'is empty');
  if (!isUtf8(value)) throw unreadable('value', 'is not UTF-8');
  let parsed: unknown;
  try {
    parsed = JSON.parse(value.toString('utf8'));
  } catch (cause) {
    throw unreadable('value', 'is not JSON', cause);
  }
  if (!isObject(parsed)) throw unreadable('value', 'is not a JSON object');
  return parsed;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textIn =
  (attributes: Record<string, unknown>) =>
  (name: string): string => {
    const value = attributes[name];
    if (typeof value !== 'string' || value === '') throw unreadable(name, 'is not a text');
    if (value.length > ATTRIBUTE_CHARS_MAX) throw unreadable(name, 'is too long');
    // Attributes go into text columns, which take neither of these.
    if (value.includes('\u0000') || !value.isWellFormed())
      throw unreadable(name, 'is not well-formed');
    return value;
  };

/** Only what our own log could have held: no floats, no NUL, nothing that the owner could not have said. */
function dataIn(value: unknown): JsonObject {
  if (!isObject(value)) throw unreadable('data', 'is not a JSON object');
  const data = value as JsonObject;
  attempt('data', () => canonicalJson(data));
  return data;
}

const streamIn = (text: string): StreamName => attempt('subject', () => parseStreamName(text));

function instantIn(name: string, text: string): Instant {
  const at = attempt(name, () => instant(text));
  if (at !== text) throw unreadable(name, 'is not in UTC with milliseconds');
  return at;
}

function integerIn(name: string, text: string): bigint {
  if (!INTEGER.test(text)) throw unreadable(name, 'is not a whole number');
  return BigInt(text);
}

function uuidIn(name: string, text: string): string {
  if (!isUuid(text)) throw unreadable(name, 'is not a UUID');
  return text;
}

function attempt<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw unreadable(name, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

const unreadable = (attribute: string, reason: string, cause?: unknown): CodedError =>
  new CodedError('unreadable_message', `${attribute}: ${reason}`, { attribute, reason }, { cause });
