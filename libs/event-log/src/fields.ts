import { CodedError } from '@tributary/kernel';
import type { Json, Recorded } from '@tributary/kernel';
import { EVERY_TYPE, type FieldRow, type Fields, type Filter } from './port';

/** What a declaration may ask of the envelope, each as text. */
export const ENVELOPE_FIELDS = {
  $id: (event: Recorded) => event.id,
  $stream: (event: Recorded) => event.stream,
  $tenant: (event: Recorded) => event.tenant,
  $revision: (event: Recorded) => String(event.revision),
  $logPosition: (event: Recorded) => String(event.position),
  $occurredAt: (event: Recorded) => event.occurredAt,
  $recordedAt: (event: Recorded) => event.recordedAt,
  $actor: (event: Recorded) => event.actor,
  $commandId: (event: Recorded) => event.commandId,
  $causationId: (event: Recorded) => event.causationId,
  $correlationId: (event: Recorded) => event.correlationId,
} satisfies Record<string, (event: Recorded) => string | null>;

export type EnvelopeField = keyof typeof ENVELOPE_FIELDS;

/** Undefined for a type that was not declared. */
export const pathsOf = (fields: Fields, type: string): readonly string[] | undefined =>
  Object.hasOwn(fields, type) ? fields[type] : fields[EVERY_TYPE];

export const typesOf = (fields: Fields): Filter =>
  Object.hasOwn(fields, EVERY_TYPE) ? {} : { types: Object.keys(fields) };

const PATH = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*$/;
const INDEX = /^(?:0|[1-9][0-9]{0,8})$/;

export const isEnvelopeField = (path: string): path is EnvelopeField =>
  Object.hasOwn(ENVELOPE_FIELDS, path);

/** Throws unless every declared path is an envelope field or a plain path into the data. */
export function assertFields(fields: Fields): void {
  for (const [type, paths] of Object.entries(fields)) {
    for (const path of paths) {
      if (isEnvelopeField(path) || PATH.test(path)) continue;
      throw new CodedError('invalid_field', `Not a field that can be read from ${type}: ${path}`, {
        type,
        path,
      });
    }
  }
}

/** Extraction where the store cannot do it. Undefined for a type that was not declared. */
export function fieldRowOf(event: Recorded, fields: Fields): FieldRow | undefined {
  const paths = pathsOf(fields, event.type);
  if (paths === undefined) return undefined;
  const values = paths.map((path) =>
    isEnvelopeField(path) ? ENVELOPE_FIELDS[path](event) : asText(valueAt(event.data, path)),
  );
  return { position: event.position, type: event.type, values };
}

function valueAt(data: Json, path: string): Json | undefined {
  let value: Json | undefined = data;
  for (const step of path.split('.')) value = childOf(value, step);
  return value;
}

function childOf(value: Json | undefined, step: string): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value))
    return INDEX.test(step) ? (value as readonly Json[])[Number(step)] : undefined;
  return Object.hasOwn(value, step) ? (value as Readonly<Record<string, Json>>)[step] : undefined;
}

function asText(value: Json | undefined): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
