import { type ErrorObject } from 'ajv';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { type FieldError, pointerOf } from '../errors/problem';
import { MOST_ERRORS, errorCodeOf } from './error-codes';

export type Checked<T> = { readonly valid: T } | { readonly errors: readonly FieldError[] };

/** One for all schemas: it compiles the rules that a schema itself has to follow, which takes longer than most schemas do. */
const compiler = addFormats(
  new Ajv2020({ strict: true, allErrors: true, coerceTypes: false, useDefaults: false }),
);

/**
 * For the ingest paths: a JSON Schema compiled once, ten times as fast per event as decorated classes. Strict, and nothing
 * is coerced, filled in or removed, because what is checked is what gets hashed.
 */
export function compileSchema<T>(schema: object): (value: unknown) => Checked<T> {
  const validate = compiler.compile<T>(schema);
  return (value) =>
    validate(value)
      ? { valid: value }
      : { errors: (validate.errors ?? []).slice(0, MOST_ERRORS).map(fieldError) };
}

function fieldError({
  instancePath,
  keyword,
  params,
  message = 'does not fit',
}: ErrorObject): FieldError {
  const facts = params as Readonly<Record<string, unknown>>;
  const child =
    facts['missingProperty'] ?? facts['additionalProperty'] ?? facts['unevaluatedProperty'];
  const pointer = instancePath + (typeof child === 'string' ? pointerOf([child]) : '');
  return { pointer, code: errorCodeOf(keyword), detail: detailOf(message, facts) };
}

/** The message of the library, which names a limit but not always what would be allowed instead. */
function detailOf(message: string, facts: Readonly<Record<string, unknown>>): string {
  if (Array.isArray(facts['allowedValues']))
    return `${message}: ${facts['allowedValues'].join(', ')}`;
  if ('allowedValue' in facts) return `must be ${JSON.stringify(facts['allowedValue'])}`;
  return facts['format'] === 'date-time'
    ? 'must be a date and time with an offset (RFC 3339), like 2026-03-31T23:59:59-03:00'
    : message;
}
