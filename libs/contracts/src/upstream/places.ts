import type { Json, JsonObject } from '@tributary/kernel';
import type { Schema } from './schema';

/** Stands in a path for each item of a list. */
export const EACH = '*';

/** A field that holds a value and no further fields. */
export interface Place {
  readonly path: readonly string[];
  readonly schema: Schema;
}

/** Every place of a schema that a value can stand at. What we cannot look into counts as one place. */
export function placesOf(schema: Schema, path: readonly string[] = []): readonly Place[] {
  const { properties, items } = schema;
  if (properties)
    return Object.entries(properties).flatMap(([name, child]) => placesOf(child, [...path, name]));
  if (items) return placesOf(items, [...path, EACH]);
  return [{ path, schema }];
}

type Step = number | string;
export type Rewrite = (value: Json, path: readonly Step[], beside: JsonObject) => Json;

/**
 * The data with what stands at a path replaced. What does not change is shared with the original, because most facts have one
 * place or two to change and up to two hundred lines beside them.
 */
export function rewritten(data: JsonObject, path: readonly string[], rewrite: Rewrite): JsonObject {
  return within(data, path, [], rewrite, data) as JsonObject;
}

function within(
  value: Json | undefined,
  rest: readonly string[],
  here: readonly Step[],
  rewrite: Rewrite,
  beside: JsonObject,
): Json | undefined {
  if (value === undefined) return undefined;
  const [step, ...deeper] = rest;
  if (step === undefined) return rewrite(value, here, beside);
  if (step === EACH) {
    if (!Array.isArray(value)) return value;
    const items = value as readonly Json[];
    const changed = items.map(
      (item, i) => within(item, deeper, [...here, i], rewrite, beside) as Json,
    );
    return changed.some((item, i) => item !== items[i]) ? changed : items;
  }
  if (!isObject(value)) return value;
  const before = Object.hasOwn(value, step) ? value[step] : undefined;
  const after = within(before, deeper, [...here, step], rewrite, value);
  return after === before || after === undefined ? value : { ...value, [step]: after };
}

/** Calls for each value that stands at a path, with its own path and the object around it. */
export function eachAt(
  data: JsonObject,
  path: readonly string[],
  call: (value: Json, path: readonly Step[], beside: JsonObject) => void,
): void {
  const [only] = path;
  const value = path.length === 1 && only !== undefined ? data[only] : undefined;
  if (value !== undefined) call(value, path, data);
  else eachWithin(data, path, [], call, data);
}

function eachWithin(
  value: Json | undefined,
  path: readonly string[],
  here: readonly Step[],
  call: (value: Json, path: readonly Step[], beside: JsonObject) => void,
  beside: JsonObject,
): void {
  if (value === undefined) return;
  const step = path[here.length];
  if (step === undefined) return call(value, here, beside);
  if (step === EACH) {
    if (!Array.isArray(value)) return;
    for (const [i, item] of (value as readonly Json[]).entries())
      eachWithin(item, path, [...here, i], call, beside);
  } else if (isObject(value) && Object.hasOwn(value, step))
    eachWithin(value[step], path, [...here, step], call, value);
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
