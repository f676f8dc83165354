import {
  ENVELOPE_SCHEMA,
  FACT_RETRACTED,
  FORBIDDEN,
  type Fault,
  type Schema,
  UPSTREAM_TYPES,
  type UpstreamEvent,
  choiceFaults,
  faultsOf,
  timeFault,
} from '@tributary/contracts';
import { type Checked, type FieldError, compileSchema, pointerOf } from '@tributary/platform';
import { textErrors } from './text-check';

/** As many as `compileSchema` names. */
const MOST_ERRORS = 50;

type Check = (value: unknown) => Checked<UpstreamEvent>;

const envelopeCheck: Check = compileSchema(compilable(ENVELOPE_SCHEMA));

/** A schema is compiled when its type first comes: together they would cost every start half a second. */
const checks = new Map<string, Check>();

function checkOf(type: string): Check | undefined {
  const known = checks.get(type);
  if (known) return known;
  const described = UPSTREAM_TYPES.get(type);
  if (!described) return undefined;
  const check: Check = compileSchema(compilable(withData(described.schema)));
  checks.set(type, check);
  return check;
}

/** Whether this is a fact that we take: its envelope, its type, the data that its type describes, and what they say together. */
export function checkUpstreamEvent(value: unknown): Checked<UpstreamEvent> {
  const type = isObject(value) ? value['type'] : undefined;
  const check = typeof type === 'string' ? checkOf(type) : undefined;
  const checked = (check ?? envelopeCheck)(value);
  if ('errors' in checked) return { errors: explained(checked.errors, value, type) };
  const event = checked.valid;
  if (!check) return { errors: [unknownType(event.type)] };

  const faults = [...envelopeFaults(event), ...choiceFaults(event.type, event.data).map(inData)];
  if (faults.length === 0) faults.push(...faultsOf(event.type, event.data).map(inData));
  if (faults.length > 0) return { errors: faults.slice(0, MOST_ERRORS).map(asError) };

  const unkeepable = textErrors(event);
  return unkeepable ? { errors: unkeepable } : checked;
}

const inData = (fault: Fault): Fault => ({ ...fault, path: ['data', ...fault.path] });

const asError = ({ path, code, detail }: Fault): FieldError => ({
  pointer: pointerOf(path),
  code,
  detail,
});

/** What is kept of the envelope for ever, in words of the sender's own. */
const KEPT = ['id', 'correlationid', 'causationid', 'actor'] as const;
const EMAIL = /[^\s@]@[^\s@]+\.[^\s@]/;

function envelopeFaults(event: UpstreamEvent): Fault[] {
  const faults: Fault[] = [];
  for (const name of KEPT) {
    if (!EMAIL.test(event[name] ?? '')) continue;
    const detail =
      'It looks like an e-mail address and would be kept for ever; send an id of yours.';
    faults.push({ path: [name], code: 'personal_data', detail });
  }
  const time = timeFault(event.time, ['time']);
  if (time) faults.push(time);
  const $id = UPSTREAM_TYPES.get(event.type)?.schema.$id ?? '';
  if (!event.dataschema.endsWith($id)) {
    const detail = `A fact of this type is described by ${$id}, and by no other schema.`;
    faults.push({ path: ['dataschema'], code: 'schema_mismatch', detail });
  }
  const itself = namedIdentity(event);
  if (itself && itself.source === event.source && itself.id === event.id)
    faults.push({
      path: itself.path,
      code: 'own_identity',
      detail: 'It names itself, and no other fact.',
    });
  return faults;
}

/** What a fact retracts or supersedes. */
function namedIdentity({ type, data }: UpstreamEvent) {
  if (type === FACT_RETRACTED)
    return { source: data['source'], id: data['id'], path: ['data', 'id'] };
  const other = data['supersedes'];
  return isObject(other)
    ? { source: other['source'], id: other['id'], path: ['data', 'supersedes'] }
    : undefined;
}

/** What does not fit, said as a connector's author can use it. Only those who send something wrong wait for this. */
function explained(
  errors: readonly FieldError[],
  value: unknown,
  type: unknown,
): readonly FieldError[] {
  const data = isObject(value) ? value['data'] : undefined;
  const missing = typeof type === 'string' ? choiceFaults(type, data) : [];
  return [...alternatives(errors).map(refusedField), ...missing.map(inData).map(asError)];
}

/** Of a field that takes text or a number, each branch complains: one complaint is enough. */
function alternatives(errors: readonly FieldError[]): readonly FieldError[] {
  const either = new Set(
    errors.filter(({ code }) => code === 'any_of').map(({ pointer }) => pointer),
  );
  if (either.size === 0) return errors;
  return errors
    .filter(({ pointer, code }) => code === 'any_of' || !either.has(pointer))
    .map((error) => {
      if (error.code !== 'any_of') return error;
      const all = errors.filter(
        ({ pointer, code }) => pointer === error.pointer && code !== 'any_of',
      );
      const code = all.every((one) => one.code === 'wrong_type') ? 'wrong_type' : 'wrong_format';
      return { ...error, code, detail: all.map(({ detail }) => detail).join(', or ') };
    });
}

const plainName = (name: string): string => name.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();
const INSTEAD = new Map(
  Object.entries(FORBIDDEN).map(([name, instead]) => [plainName(name), instead]),
);

function refusedField(error: FieldError): FieldError {
  if (error.code !== 'unknown_field') return error;
  const name = plainName(error.pointer?.slice(error.pointer.lastIndexOf('/') + 1) ?? '');
  if (name.startsWith('tenant')) {
    const detail = 'The tenant is the credential’s; an event names none.';
    return { ...error, code: 'tenant_not_yours', detail };
  }
  const instead = INSTEAD.get(name);
  return instead === undefined ? error : { ...error, code: 'forbidden_field', detail: instead };
}

const unknownType = (type: string): FieldError => ({
  pointer: '/type',
  code: 'unknown_type',
  detail: `"${type}" is not a type that we take; GET /v1/schemas lists them.`,
});

const withData = (schema: Schema): Schema => ({
  ...ENVELOPE_SCHEMA,
  properties: { ...ENVELOPE_SCHEMA.properties, data: schema },
});

/** Without our marks, which are no keywords of JSON Schema, and without choices, which `choiceFaults` points at more exactly. */
function compilable(schema: Schema): Schema {
  const { allOf: _choices, properties, items, ...rest } = schema;
  const plain = Object.entries(rest).filter(([keyword]) => !keyword.startsWith('x-'));
  return {
    ...Object.fromEntries(plain),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, child]) => [name, compilable(child)]),
      ),
    }),
    ...(items && { items: compilable(items) }),
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
