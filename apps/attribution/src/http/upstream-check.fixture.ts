import type { Schema } from '@tributary/contracts';

/** One thing that is wrong with an event, and where it should be found. */
export interface Mistake {
  readonly what: string;
  readonly event: object;
  readonly pointer: string;
  readonly code: string;
}

type Path = readonly (number | string)[];

/** Every mistake that can be made with one field at a time, read from the schema of a type and its worked example. */
export function* mistakesWith(event: object, schema: Schema): Generator<Mistake> {
  for (const mistake of inObject(schema, ['data'], event)) yield mistake;
  for (const field of ['specversion', 'id', 'source', 'time', 'subject', 'dataschema', 'data'])
    yield mistake('missing', without(event, [field]), [field], 'required');
  yield mistake(
    'a foreign tenant',
    put(event, ['tenant'], 'other'),
    ['tenant'],
    'tenant_not_yours',
  );
  const inData: Path = ['data', 'tenantId'];
  yield mistake('a foreign tenant', put(event, inData, 'other'), inData, 'tenant_not_yours');
  for (const [name, value] of Object.entries({
    email: 'a@b.example',
    user_agent: 'x',
    health: 'x',
  })) {
    const path = ['data', name];
    yield mistake('a forbidden field', put(event, path, value), path, 'forbidden_field');
  }
  const other = put(event, ['dataschema'], '/v1/schemas/rumour.v1');
  yield mistake('the schema of another type', other, ['dataschema'], 'schema_mismatch');
}

function* inObject(schema: Schema, path: Path, event: object): Generator<Mistake> {
  const surprise = [...path, 'surprise'];
  yield mistake('an unknown field', put(event, surprise, 1), surprise, 'unknown_field');
  yield mistake('no object', put(event, path, 'x'), path, 'wrong_type');
  for (const field of schema.required ?? [])
    yield mistake('missing', without(event, [...path, field]), [...path, field], 'required');
  for (const choice of schema.allOf ?? []) {
    const fields = (choice.oneOf ?? choice.anyOf ?? []).flatMap(({ required = [] }) => required);
    const [first] = fields;
    if (first === undefined) continue;
    const none = fields.reduce((rest, field) => without(rest, [...path, field]), event);
    yield mistake('none of several', none, [...path, first], 'required');
  }
  for (const [name, child] of Object.entries(schema.properties ?? {}))
    yield* inField(child, [...path, name], event);
}

function* inField(schema: Schema, path: Path, event: object): Generator<Mistake> {
  if (schema.properties) return yield* inObject(schema, path, event);
  if (schema.items) {
    const items = at(event, path);
    const longer = new Array<unknown>(201).fill(Array.isArray(items) ? items[0] : 'x');
    yield mistake('too many', put(event, path, longer), path, 'out_of_range');
    yield mistake('no list', put(event, path, {}), path, 'wrong_type');
    if (Array.isArray(items) && items.length > 0) yield* inField(schema.items, [...path, 0], event);
    return;
  }
  yield mistake('of a wrong type', put(event, path, []), path, 'wrong_type');
  yield mistake('of a wrong type', put(event, path, null), path, 'wrong_type');
  for (const [value, code] of badValues(schema))
    yield mistake(JSON.stringify(value).slice(0, 30), put(event, path, value), path, code);
}

const TOO_MANY_DIGITS = '1234567890123456789';

function badValues({ type, anyOf, pattern, maxLength, ...rest }: Schema): [unknown, string][] {
  if (anyOf)
    return [
      ['-1', 'wrong_format'],
      [-1, 'wrong_format'],
      [TOO_MANY_DIGITS, 'wrong_format'],
    ];
  if (type === 'integer')
    return [
      [Number(rest['minimum']) - 1, 'out_of_range'],
      [Number(rest['maximum']) + 1, 'out_of_range'],
      ['1', 'wrong_type'],
    ];
  if (type === 'boolean') return [['yes', 'wrong_type']];
  if (rest['enum']) return [['x', 'not_allowed']];
  const bad: [unknown, string][] = [[7, 'wrong_type']];
  if (typeof maxLength === 'number') bad.push(['a'.repeat(maxLength + 1), 'out_of_range']);
  if (typeof pattern === 'string') bad.push(['é'.repeat(5_000), 'wrong_format']);
  if (rest.format === 'date-time') bad.push(['2026-03-12T14:30:00', 'wrong_format']);
  if (typeof pattern === 'string' && pattern.includes('{0,17}')) {
    bad.push([TOO_MANY_DIGITS, 'wrong_format'], ['1.5', 'wrong_format'], ['01', 'wrong_format']);
    if (!pattern.includes('-?')) bad.push(['-1', 'wrong_format']);
  }
  return bad;
}

const mistake = (what: string, event: object, path: Path, code: string): Mistake => ({
  what,
  event,
  pointer: path.map((step) => `/${step}`).join(''),
  code,
});

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (found, step) => (found as Record<string, unknown> | undefined)?.[step],
    value,
  );

/** A copy with a value at a path. What the path leads through is made where it is not there. */
export function put(event: object, path: Path, value: unknown): object {
  const copy = structuredClone(event);
  let target = copy as Record<string, unknown>;
  for (const step of path.slice(0, -1)) target = (target[step] ??= {}) as Record<string, unknown>;
  target[path.at(-1) as string] = value;
  return copy;
}

export function without(event: object, path: Path): object {
  const copy = structuredClone(event);
  const parent = at(put(copy, path, 0), path.slice(0, -1)) as Record<string, unknown>;
  delete parent[path.at(-1) as string];
  return path.length === 1 ? parent : put(copy, path.slice(0, -1), parent);
}
