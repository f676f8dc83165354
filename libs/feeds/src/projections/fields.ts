import { EVERY_TYPE, type Fields } from '@tributary/event-log';
import { CodedError, type Json } from '@tributary/kernel';
import type { FeedEvent } from '../feed';
import { DECODERS, type FieldKind, isOptional, kindOf, type ValueOf } from './kinds';

/** Of the envelope; their kinds are fixed. */
const ENVELOPE = {
  $id: (event: FeedEvent) => event.id,
  $stream: (event: FeedEvent) => event.stream,
  $tenant: (event: FeedEvent) => event.tenant,
  $revision: (event: FeedEvent) => String(event.revision),
  $logPosition: (event: FeedEvent) => String(event.logPosition ?? event.position),
  $occurredAt: (event: FeedEvent) => event.occurredAt,
  $recordedAt: (event: FeedEvent) => event.recordedAt,
  $correlationId: (event: FeedEvent) => event.correlationId,
  $causationId: (event: FeedEvent) => event.causationId,
} satisfies Record<string, (event: FeedEvent) => string | null>;

interface EnvelopeKinds {
  readonly $id?: 'text';
  readonly $stream?: 'text';
  readonly $tenant?: 'text';
  readonly $revision?: 'bigint';
  readonly $logPosition?: 'bigint';
  readonly $occurredAt?: 'instant';
  readonly $recordedAt?: 'instant';
  readonly $correlationId?: 'text';
  readonly $causationId?: 'text?';
}

/**
 * Per event type the fields that a projection reads: paths into the data, or envelope fields. `$position` always comes along. Under
 * `*` stands what is read of every type that is not named: only for who follows a whole log.
 */
export type EventFields = Readonly<
  Record<string, Readonly<Record<string, FieldKind>> & EnvelopeKinds>
>;

/** What `rows` is handed: the declared fields and nothing else. */
export type Picked<E extends EventFields> = {
  [T in keyof E & string]: {
    readonly $type: T extends typeof EVERY_TYPE ? string : T;
    readonly $position: bigint;
  } & {
    readonly [F in keyof E[T]]: E[T][F] extends FieldKind ? ValueOf<E[T][F]> : never;
  };
}[keyof E & string];

interface Reader {
  readonly path: string;
  readonly ofEnvelope: ((event: FeedEvent) => string | null) | undefined;
  readonly steps: readonly string[];
  readonly optional: boolean;
  readonly isJson: boolean;
  readonly decode: (text: string) => unknown;
}

const INDEX = /^[0-9]+$/;

type Loose = Record<string, unknown>;

/** Reads declared fields in the same way from a whole event and from what a rebuild lets the store extract. */
export class FieldReader {
  readonly fields: Fields;
  private readonly readers = new Map<string, readonly Reader[]>();

  constructor(declared: EventFields) {
    this.fields = Object.fromEntries(
      Object.entries(declared).map(([type, of]) => [type, Object.keys(of)]),
    );
    for (const [type, of] of Object.entries(declared))
      this.readers.set(type, Object.entries(of).map(readerOf));
  }

  /** Undefined for a type that was not declared. */
  pick(event: FeedEvent): Loose | undefined {
    const readers = this.readersOf(event.type);
    if (!readers) return undefined;
    const picked: Loose = { $type: event.type, $position: event.position };
    for (const reader of readers) picked[reader.path] = liveValue(reader, event);
    return picked;
  }

  fromRow(type: string, position: bigint, values: readonly (string | null)[]): Loose {
    const picked: Loose = { $type: type, $position: position };
    const readers = this.readersOf(type) ?? [];
    for (let i = 0; i < readers.length; i++) {
      const reader = readers[i] as Reader;
      picked[reader.path] = decoded(reader, values[i] ?? null, type);
    }
    return picked;
  }

  private readersOf(type: string): readonly Reader[] | undefined {
    return this.readers.get(type) ?? this.readers.get(EVERY_TYPE);
  }
}

function readerOf([path, kind]: [string, FieldKind]): Reader {
  const isOfEnvelope = Object.hasOwn(ENVELOPE, path);
  if (path.startsWith('$') && !isOfEnvelope) {
    throw new CodedError('invalid_projection', `Not an envelope field: ${path}`, { path });
  }
  const base = kindOf(kind);
  return {
    path,
    ofEnvelope: isOfEnvelope ? ENVELOPE[path as keyof typeof ENVELOPE] : undefined,
    steps: path.split('.'),
    optional: isOptional(kind),
    isJson: base === 'json',
    decode: DECODERS[base],
  };
}

function liveValue(reader: Reader, event: FeedEvent): unknown {
  if (reader.ofEnvelope) return decoded(reader, reader.ofEnvelope(event), event.type);
  let value: Json | undefined = event.data;
  for (const step of reader.steps) value = childOf(value, step);
  // Objects need no way through text; the text of everything else is what SQL would extract.
  if (reader.isJson && typeof value === 'object' && value !== null) return value;
  const text =
    value === undefined || value === null
      ? null
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value);
  return decoded(reader, text, event.type);
}

function childOf(value: Json | undefined, step: string): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value) && !INDEX.test(step)) return undefined;
  return Object.hasOwn(value, step) ? (value as Readonly<Record<string, Json>>)[step] : undefined;
}

function decoded(reader: Reader, text: string | null, type: string): unknown {
  if (text !== null) return reader.decode(text);
  if (reader.optional) return null;
  throw new CodedError('field_missing', `${type} has no ${reader.path}.`, {
    type,
    field: reader.path,
  });
}
