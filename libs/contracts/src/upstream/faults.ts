import {
  CURRENCY_EXPONENTS,
  type Json,
  type JsonObject,
  currencyOf,
  exponentOf,
  hasCode,
  instant,
  isAsset,
} from '@tributary/kernel';
import { type Fault } from './fact-type';
import { EACH, isObject, placesOf, rewritten } from './places';
import { UPSTREAM_TYPES } from './registry';
import { type Choice, type Schema, choicesOf } from './schema';

interface Chosen {
  readonly path: readonly string[];
  readonly choices: readonly Choice[];
}

interface Checks {
  readonly times: readonly (readonly string[])[];
  readonly chosen: readonly Chosen[];
}

const checks: ReadonlyMap<string, Checks> = new Map(
  [...UPSTREAM_TYPES].map(([type, { schema }]) => [
    type,
    {
      times: placesOf(schema)
        .filter((place) => place.schema.format === 'date-time')
        .map(({ path }) => path),
      chosen: chosenIn(schema, []),
    },
  ]),
);

function chosenIn(schema: Schema, path: readonly string[]): readonly Chosen[] {
  const choices = choicesOf(schema);
  const deeper = Object.entries(schema.properties ?? {}).flatMap(([name, child]) =>
    chosenIn(child, [...path, name]),
  );
  return choices.length > 0 ? [{ path, choices }, ...deeper] : deeper;
}

/** Fields of which one is needed and none or too many are there. Looks at what it can, whatever else is wrong. */
export function choiceFaults(type: string, data: unknown): readonly Fault[] {
  const { chosen = [] } = checks.get(type) ?? {};
  let faults: Fault[] | undefined;
  for (const { path, choices } of chosen) {
    let object = data;
    for (const step of path) object = isObject(object) ? object[step] : undefined;
    if (!isObject(object)) continue;
    for (const choice of choices) {
      const fault = choiceFault(choice, object, path);
      if (fault) (faults ??= []).push(fault);
    }
  }
  return faults ?? NONE;
}

const NONE: readonly Fault[] = [];

function choiceFault(
  { fields, exclusive, given }: Choice,
  object: JsonObject,
  path: readonly string[],
): Fault | undefined {
  if (given !== undefined && !Object.hasOwn(object, given)) return undefined;
  let found = 0;
  let last = '';
  for (const field of fields) {
    if (!Object.hasOwn(object, field)) continue;
    found += 1;
    last = field;
  }
  if (found === 0) {
    const why = given === undefined ? '' : ` beside ${given}`;
    const detail = `${fields.join(' or ')} is required${why}`;
    return { path: [...path, fields[0] as string], code: 'required', detail };
  }
  if (!exclusive || found === 1) return undefined;
  return { path: [...path, last], code: 'not_both', detail: `only one of ${fields.join(', ')}` };
}

/** What is wrong with data whose shape fits: times that no calendar has, money of no currency, and what its type says. */
export function faultsOf(type: string, data: JsonObject): readonly Fault[] {
  const described = UPSTREAM_TYPES.get(type);
  const { times = [] } = checks.get(type) ?? {};
  const faults: Fault[] = [];
  for (const path of times) addTimeFaults(data, path, faults);
  const money = moneyFault(data);
  if (money) faults.push(money);
  if (described && faults.length === 0) return described.faultsOf(data);
  return faults;
}

/** What the format of the schema lets through and is a point in time besides; the rest is read. */
const ORDINARY = /^[12]\d{3}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** Nearly every time is ordinary, so the places of those that are not are looked for only then. */
function addTimeFaults(data: JsonObject, path: readonly string[], faults: Fault[]): void {
  if (areOrdinary(data, path, 0)) return;
  rewritten(data, path, (value, here) => {
    const fault = typeof value === 'string' ? timeFault(value, here) : undefined;
    if (fault) faults.push(fault);
    return value;
  });
}

function areOrdinary(value: Json | undefined, path: readonly string[], depth: number): boolean {
  if (value === undefined) return true;
  const step = path[depth];
  if (step === undefined) return typeof value !== 'string' || ORDINARY.test(value);
  if (step !== EACH) return !isObject(value) || areOrdinary(value[step], path, depth + 1);
  if (!Array.isArray(value)) return true;
  for (const item of value as readonly Json[])
    if (!areOrdinary(item, path, depth + 1)) return false;
  return true;
}

export function timeFault(text: string, path: Fault['path']): Fault | undefined {
  if (ORDINARY.test(text)) return undefined;
  try {
    instant(text);
    return undefined;
  } catch (error) {
    if (!hasCode(error, 'invalid_instant')) throw error;
    return { path, code: error.code, detail: error.message };
  }
}

/** Withdrawn since 2010, by the digits they had: facts of those years may still be sent. */
const WITHDRAWN: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ANG: 2,
    BGN: 2,
    BYR: 0,
    CUC: 2,
    EEK: 2,
    HRK: 2,
    LTL: 2,
    LVL: 2,
    MRO: 2,
    SLL: 2,
    STD: 2,
    VEF: 2,
    ZMK: 2,
    ZWL: 2,
  }),
);

function moneyFault({ asset, currency }: JsonObject): Fault | undefined {
  if (typeof currency === 'string' && !CURRENCY_EXPONENTS.has(currency)) {
    const detail = `"${currency}" is not an active ISO 4217 currency; one that was withdrawn is named with its digits, as "BGN/2".`;
    return { path: ['currency'], code: 'unknown_currency', detail };
  }
  if (!isAsset(asset)) return undefined;

  const name = currencyOf(asset);
  const exponent = CURRENCY_EXPONENTS.get(name) ?? WITHDRAWN.get(name);
  if (exponent === undefined)
    return {
      path: ['asset'],
      code: 'unknown_asset',
      detail: `"${name}" is no currency of ISO 4217.`,
    };
  if (exponent === exponentOf(asset)) return undefined;
  const detail = `The minor unit of ${name} has ${exponent} digits: "${name}/${exponent}".`;
  return { path: ['asset'], code: 'wrong_exponent', detail };
}
