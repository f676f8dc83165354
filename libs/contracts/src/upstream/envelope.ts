import type { JsonObject } from '@tributary/kernel';

/** What upstream tells us: CloudEvents 1.0 in structured JSON. `time` is when it happened, never when it was sent. */
export interface UpstreamEvent<T extends string = string, D extends object = JsonObject> {
  readonly specversion: '1.0';
  /** The producer's own id of this event; with `source` it is the fact's identity for ever. */
  readonly id: string;
  readonly source: string;
  readonly type: T;
  readonly time: string;
  readonly subject: string;
  readonly datacontenttype: 'application/json';
  readonly dataschema: string;
  readonly programid?: string;
  readonly partitionkey?: string;
  readonly correlationid?: string;
  readonly causationid?: string;
  readonly traceparent?: string;
  readonly actor?: string;
  readonly data: D;
}

const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength });

/** Without `data`, which each type describes for itself. */
export const ENVELOPE_SCHEMA = {
  type: 'object',
  required: [
    'specversion',
    'id',
    'source',
    'type',
    'time',
    'subject',
    'datacontenttype',
    'dataschema',
    'data',
  ],
  additionalProperties: false,
  properties: {
    specversion: { const: '1.0' },
    id: text(200),
    source: { ...text(300), format: 'uri-reference' },
    type: { ...text(120), pattern: '^tributary\\.[a-z_]+(\\.[a-z_]+)*\\.v[1-9][0-9]*$' },
    time: { type: 'string', format: 'date-time' },
    subject: text(200),
    datacontenttype: { const: 'application/json' },
    dataschema: { ...text(300), format: 'uri-reference' },
    programid: text(32),
    partitionkey: text(200),
    correlationid: text(64),
    causationid: text(200),
    traceparent: text(60),
    actor: text(120),
    data: { type: 'object' },
  },
} as const;
