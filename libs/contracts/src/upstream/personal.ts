import { type Json, type JsonObject, sha256Hex } from '@tributary/kernel';
import { ENVELOPE_SCHEMA } from './envelope';
import { type IdentifierType, PERSONAL_IDENTIFIERS } from './identity';
import { type Place, placesOf, rewritten } from './places';
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

/** The data of a checked fact with each personal value replaced by what `visit` gives for it. */
export const mapPersonal = (type: string, data: JsonObject, visit: Visit): JsonObject =>
  mapped(data, places.get(type) ?? [], visit);

/** The same for the fields around the data, which may name the customer as well. */
export const mapPersonalEnvelope = <E extends object>(event: E, visit: Visit): E =>
  mapped(event as JsonObject, ofEnvelope, visit) as E;

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

function mapped(data: JsonObject, at: readonly Place[], visit: Visit): JsonObject {
  let result = data;
  for (const { path, schema } of at) {
    result = rewritten(result, path, (value, here, beside) => {
      const kind = schema['x-exchange'] ?? kindBeside(schema, beside);
      if (kind !== undefined && typeof value === 'string') {
        const exchanged = schema['x-clear'] ? sha256Hex(plainTaxId(value)) : value;
        return visit({ how: 'exchange', kind, path: here, value: exchanged });
      }
      return schema['x-exchange-by'] === undefined
        ? visit({ how: 'seal', path: here, value })
        : value;
    });
  }
  return result;
}

function kindBeside(schema: Schema, beside: JsonObject): ExchangeKind | undefined {
  const by = schema['x-exchange-by'];
  return by === undefined ? undefined : PERSONAL_IDENTIFIERS[beside[by] as IdentifierType];
}

/** As the senders of a hash are asked to write it, so that both meet. */
const plainTaxId = (text: string): string => text.replaceAll(/[^A-Za-z0-9]/g, '').toUpperCase();
