import { CodedError, jsonPointer } from '@tributary/kernel';
import { EACH, type Place, placesOf } from './places';
import { EXCHANGE_KINDS, type Schema } from './schema';

const PII = 'pii';

/** Refuses a schema that leaves open how a field is kept; a type of fact that has one is not loaded. */
export function assertMarked(schema: Schema): void {
  assertClosed(schema, []);
  const subject = schema['x-subject'];
  if (subject !== undefined && schema.properties?.[subject]?.['x-exchange'] === undefined)
    throw unmarked(['x-subject'], `names "${subject}", which is no exchanged field`);
  for (const place of placesOf(schema)) {
    const why = flawOf(place, schema);
    if (why !== undefined) throw unmarked(place.path, why);
  }
}

function flawOf({ path, schema: field }: Place, whole: Schema): string | undefined {
  if (Object.hasOwn(whole['x-forbidden'] ?? {}, path.at(-1) ?? ''))
    return 'is forbidden and taken all the same';
  const exchanged = field['x-exchange'] !== undefined || field['x-exchange-by'] !== undefined;
  switch (field['x-data']) {
    case undefined:
      return 'does not say how it is kept (x-data)';
    case 'forbidden':
      return 'is forbidden: name it in x-forbidden and leave it out';
    case 'ledger':
      if (exchanged) return 'is kept as it is and exchanged';
      return path[0] === PII ? 'lies under pii and is kept as it is' : undefined;
    case 'protected':
      return exchanged ? exchangeFlaw(field, path, whole) : sealFlaw(path, whole);
    default:
      return `says "${String(field['x-data'])}", which is no way to keep it`;
  }
}

function exchangeFlaw(field: Schema, path: readonly string[], whole: Schema): string | undefined {
  if (path[0] === PII) return 'lies under pii, where values are sealed, and is exchanged';
  const kind = field['x-exchange'];
  if (kind !== undefined && !EXCHANGE_KINDS.includes(kind))
    return `is exchanged as "${String(kind)}", which is no kind of identifier`;
  const by = field['x-exchange-by'];
  if (by !== undefined && !parentOf(path, whole)?.properties?.[by])
    return `is exchanged by "${by}", which does not stand beside it`;
  return undefined;
}

function sealFlaw(path: readonly string[], whole: Schema): string | undefined {
  if (path[0] !== PII) return 'is protected, but neither exchanged nor under pii';
  return whole['x-subject'] === undefined
    ? 'is sealed, but no x-subject says under whose key'
    : undefined;
}

function parentOf(path: readonly string[], whole: Schema): Schema | undefined {
  let at: Schema | undefined = whole;
  for (const step of path.slice(0, -1)) at = step === EACH ? at?.items : at?.properties?.[step];
  return at;
}

/** Through an open object or a reference, fields would come in that nobody has marked. */
function assertClosed(schema: Schema, path: readonly string[]): void {
  if (schema.type === 'object' && schema.properties && schema.additionalProperties !== false)
    throw unmarked(path, 'takes fields that it does not name');
  for (const [name, child] of Object.entries(schema.properties ?? {}))
    assertClosed(child, [...path, name]);
  if (schema.items) assertClosed(schema.items, [...path, EACH]);
}

function unmarked(path: readonly string[], why: string): CodedError {
  const pointer = jsonPointer(path);
  return new CodedError('unmarked_field', `"${pointer}" ${why}.`, { pointer });
}
