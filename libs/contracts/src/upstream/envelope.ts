import type { JsonObject } from '@tributary/kernel';
import type { Schema } from './schema';

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

/** What names a customer or an account stays the same pseudonym as in the data. */
const personal = { 'x-data': 'protected', 'x-exchange': 'customer' } as const;
const kept = { 'x-data': 'ledger' } as const;
const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength }) as const;

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
    specversion: { const: '1.0', ...kept },
    id: { ...text(200), ...kept },
    source: { ...text(300), format: 'uri-reference', ...kept },
    type: { ...text(120), pattern: '^tributary\\.[a-z_]+(\\.[a-z_]+)*\\.v[1-9][0-9]*$', ...kept },
    time: { type: 'string', format: 'date-time', ...kept },
    subject: { ...text(200), ...personal },
    datacontenttype: { const: 'application/json', ...kept },
    dataschema: { ...text(300), format: 'uri-reference', ...kept },
    programid: { type: 'string', pattern: '^[a-z0-9]{1,32}$', ...kept },
    partitionkey: { ...text(200), ...personal },
    correlationid: { ...text(64), ...kept },
    causationid: { ...text(200), ...kept },
    traceparent: { ...text(60), ...kept },
    actor: { ...text(120), ...kept },
    data: { type: 'object' },
  },
} as const satisfies Schema;
