import { ENVELOPE_SCHEMA, UPSTREAM_TYPES, type UpstreamEvent } from '@tributary/contracts';
import { hasCode, instant } from '@tributary/kernel';
import { type Checked, type FieldError, compileSchema, pointerOf } from '@tributary/platform';

type Check = (value: unknown) => Checked<UpstreamEvent>;

const checks: ReadonlyMap<string, Check> = new Map(
  [...UPSTREAM_TYPES].map(([type, { schema }]) => [type, compileSchema(withData(schema))]),
);
const checkEnvelope: Check = compileSchema(ENVELOPE_SCHEMA);

/** Whether this is a fact that we take: its envelope, its type, and the data that its type describes. */
export function checkUpstreamEvent(value: unknown): Checked<UpstreamEvent> {
  const type = isObject(value) ? value['type'] : undefined;
  const check = typeof type === 'string' ? checks.get(type) : undefined;
  const checked = (check ?? checkEnvelope)(value);
  if ('errors' in checked) return checked;
  if (!check) return { errors: [unknownType(checked.valid.type)] };
  return timeError(checked.valid.time) ?? textErrors(checked.valid) ?? checked;
}

/** The pattern of RFC 3339 lets through what no calendar has, such as a 61st second. */
function timeError(time: string): { readonly errors: readonly FieldError[] } | undefined {
  try {
    instant(time);
    return undefined;
  } catch (error) {
    if (!hasCode(error, 'invalid_instant')) throw error;
    return { errors: [{ pointer: '/time', code: error.code, detail: error.message }] };
  }
}

// eslint-disable-next-line no-control-regex -- control characters are what the expression is for.
const CONTROL = /[\u0000-\u001f\u007f]/;

/** What no store keeps as it was sent. Found here, it has a place; found at the log, it would have none. */
function textErrors(event: UpstreamEvent): { readonly errors: readonly FieldError[] } | undefined {
  const errors: FieldError[] = [];
  for (const [name, value] of Object.entries(event)) {
    if (name !== 'data' && CONTROL.test(String(value)))
      errors.push(invalidText([name], 'holds a control character'));
  }
  addTextErrors(event, [], errors);
  return errors.length > 0 ? { errors } : undefined;
}

function addTextErrors(value: unknown, path: readonly string[], errors: FieldError[]): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) errors.push(invalidText(path, 'holds half a character'));
    else if (path.length > 1 && value.includes('\0'))
      errors.push(invalidText(path, 'holds U+0000'));
  } else if (isObject(value)) {
    for (const [name, child] of Object.entries(value))
      addTextErrors(child, [...path, name], errors);
  }
}

const invalidText = (path: readonly string[], what: string): FieldError => ({
  pointer: pointerOf(path),
  code: 'invalid_text',
  detail: `It ${what}, which cannot be kept as it was sent.`,
});

const unknownType = (type: string): FieldError => ({
  pointer: '/type',
  code: 'unknown_type',
  detail: `"${type}" is not a type that we take; GET /v1/schemas lists them.`,
});

function withData(schema: object): object {
  return { ...ENVELOPE_SCHEMA, properties: { ...ENVELOPE_SCHEMA.properties, data: schema } };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
