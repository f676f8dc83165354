import { type Json, type JsonObject, sha256Hex } from '@tributary/kernel';
import { ENVELOPE_SCHEMA } from './envelope';
import { type IdentifierType, PERSONAL_IDENTIFIERS } from './identity';
import { type Place, eachAt, placesOf } from './places';
import { UPSTREAM_TYPES } from './registry';
import type { ExchangeKind, Schema } from './schema';

/** A value that must not be kept as it was sent. */
export type PersonalPlace =
  | {
      readonly how: 'exchange';
      readonly kind: ExchangeKind;
      readonly path: readonly (number | string)[];
      /** What to exchange: a value sent in the clear is its hash by now. */
      readonly value: string;
    }
  | { readonly how: 'seal'; readonly path: readonly (number | string)[]; readonly value: Json };

type Visit = (place: PersonalPlace) => Json;

const personalPlaces = (schema: Schema): readonly Place[] =>
  placesOf(schema).filter((place) => place.schema['x-data'] === 'protected');

const places: ReadonlyMap<string, readonly Place[]> = new Map(
  [...UPSTREAM_TYPES].map(([type, { schema }]) => [type, personalPlaces(schema)]),
);
const ofEnvelope = personalPlaces(ENVELOPE_SCHEMA);

/** Every personal value in the data of a checked fact. */
export const personalIn = (type: string, data: JsonObject): readonly PersonalPlace[] =>
  foundIn(data, places.get(type) ?? []);

/** The same for the fields around the data, which may name the customer as well. */
export const personalAround = (event: object): readonly PersonalPlace[] =>
  foundIn(event as JsonObject, ofEnvelope);

/** The data of a checked fact with each personal value replaced by what `visit` gives for it. */
export const mapPersonal = (type: string, data: JsonObject, visit: Visit): JsonObject => {
  const found = personalIn(type, data);
  return withPersonal(data, found, found.map(visit));
};

/** The same object with other values in those places. What has none of them in it is shared with the original. */
export function withPersonal<O extends object>(
  object: O,
  found: readonly PersonalPlace[],
  values: readonly Json[],
): O {
  if (found.length === 0) return object;
  const result = { ...object };
  const copies = new Set<object>([result]);
  for (const [i, { path }] of found.entries()) put(result, path, values[i] as Json, copies);
  return result;
}

/** Into a copy of ours; what lies deeper is copied on the way, once. */
function put(object: object, path: PersonalPlace['path'], value: Json, copies: Set<object>): void {
  let inner = object as Record<number | string, unknown>;
  for (const step of path.slice(0, -1)) {
    let next = inner[step] as object;
    if (!copies.has(next)) {
      next = Array.isArray(next) ? [...(next as unknown[])] : { ...next };
      copies.add(next);
      inner[step] = next;
    }
    inner = next as Record<number | string, unknown>;
  }
  inner[path.at(-1) as number | string] = value;
}

/** Under whose key the sealed values of a fact lie; undefined where it has none. */
export function subjectOf(
  type: string,
  data: JsonObject,
): { readonly kind: ExchangeKind; readonly value: string } | undefined {
  const { schema } = UPSTREAM_TYPES.get(type) ?? {};
  const field = schema?.['x-subject'];
  if (field === undefined) return undefined;
  const kind = schema?.properties?.[field]?.['x-exchange'];
  const value = data[field];
  return kind === undefined || typeof value !== 'string' ? undefined : { kind, value };
}

function foundIn(object: JsonObject, at: readonly Place[]): readonly PersonalPlace[] {
  let found: PersonalPlace[] | undefined;
  for (const { path, schema } of at) {
    const [first = ''] = path;
    // Most places are optional and not there.
    if (!Object.hasOwn(object, first)) continue;
    eachAt(object, path, (value, here, beside) => {
      const place = placeOf(schema, value, here, beside);
      if (place) (found ??= []).push(place);
    });
  }
  return found ?? NONE;
}

const NONE: readonly PersonalPlace[] = [];

/** Undefined for what is kept as it is: the identifier of a kind that leads to no person. */
function placeOf(
  schema: Schema,
  value: Json,
  path: PersonalPlace['path'],
  beside: JsonObject,
): PersonalPlace | undefined {
  const kind = schema['x-exchange'] ?? kindBeside(schema, beside);
  if (kind !== undefined && typeof value === 'string') {
    const exchanged = schema['x-clear'] ? sha256Hex(plainTaxId(value)) : value;
    return { how: 'exchange', kind, path, value: exchanged };
  }
  return schema['x-exchange-by'] === undefined ? { how: 'seal', path, value } : undefined;
}

function kindBeside(schema: Schema, beside: JsonObject): ExchangeKind | undefined {
  const by = schema['x-exchange-by'];
  return by === undefined ? undefined : PERSONAL_IDENTIFIERS[beside[by] as IdentifierType];
}

/** As the senders of a hash are asked to write it, so that both meet. */
const plainTaxId = (text: string): string => text.replaceAll(/[^A-Za-z0-9]/g, '').toUpperCase();
