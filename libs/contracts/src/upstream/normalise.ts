import { type JsonObject, assetOf } from '@tributary/kernel';
import { type Place, placesOf, rewritten } from './places';
import { UPSTREAM_TYPES } from './registry';

const keptAsText: ReadonlyMap<string, readonly Place[]> = new Map(
  [...UPSTREAM_TYPES].map(([type, { schema }]) => [
    type,
    placesOf(schema).filter((place) => place.schema['x-kept-as'] === 'text'),
  ]),
);

/** Checked data as the types say them: the asset of a currency is named, and quantities are text. */
export function normalise(type: string, data: JsonObject): JsonObject {
  let result = data;
  for (const { path } of keptAsText.get(type) ?? [])
    result = rewritten(result, path, (value) =>
      typeof value === 'number' ? String(value) : value,
    );
  const code = result['currency'];
  if (typeof code !== 'string') return result;
  const { currency: _named, ...rest } = result;
  return { ...rest, asset: assetOf(code) };
}
