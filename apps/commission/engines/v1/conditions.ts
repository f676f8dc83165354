import { CodedError, type Instant, Rational } from '@tributary/kernel';
import { msOfInstant, msOfText } from './calendar';
import { FIELDS, type Field, type FieldType, type FieldValue } from './fields';
import type { Scalar, Test, When } from './plan';
import type { Situation } from './situation';

export interface Condition {
  readonly holds: (situation: Situation) => boolean;
  /** How many tests must hold at least: of two rules the one that asks for more is the more specific. */
  readonly specificity: number;
  /** What it looks at. */
  readonly fields: readonly string[];
}

/** What a test compares: one kind of value per type, so that `<` and `===` mean what they say. */
type Comparable = string | number | bigint | boolean;
type Verdict = (value: FieldValue) => boolean;

export const ALWAYS: Condition = { holds: () => true, specificity: 0, fields: [] };

/** Throws for anything that is not on the list: a plan that asks for it cannot be published. */
export function compileWhen(when: When | undefined): Condition {
  if (when === undefined) return ALWAYS;
  if (!isRecord(when)) throw invalid('when', 'a condition is an object');
  return every(Object.entries(when).map(([name, asked]) => compileEntry(name, asked)));
}

function compileEntry(name: string, asked: unknown): Condition {
  switch (name) {
    case 'all':
      return every(listOf(name, asked).map(compileWhen));
    case 'any':
      return some(listOf(name, asked).map(compileWhen));
    case 'not': {
      const { holds, specificity, fields } = compileWhen(asked as When);
      return { holds: (s) => !holds(s), specificity, fields };
    }
    default:
      return compileField(name, asked as Test);
  }
}

function listOf(name: string, asked: unknown): readonly When[] {
  if (!Array.isArray(asked) || asked.length === 0)
    throw invalid(name, 'it is a list of at least one condition');
  return asked as readonly When[];
}

function every(conditions: readonly Condition[]): Condition {
  const [only] = conditions;
  if (only !== undefined && conditions.length === 1) return only;
  return {
    holds: (s) => conditions.every(({ holds }) => holds(s)),
    specificity: conditions.reduce((sum, { specificity }) => sum + specificity, 0),
    fields: [...new Set(conditions.flatMap(({ fields }) => fields))],
  };
}

const some = (conditions: readonly Condition[]): Condition => ({
  holds: (s) => conditions.some(({ holds }) => holds(s)),
  specificity: conditions.reduce(
    (least, { specificity }) => (specificity < least ? specificity : least),
    conditions[0]?.specificity ?? 0,
  ),
  fields: [...new Set(conditions.flatMap(({ fields }) => fields))],
});

function compileField(name: string, test: Test): Condition {
  const field = fieldOf(name);
  const asked = isRecord(test) ? Object.entries(test) : ([['eq', test]] as [string, unknown][]);
  if (asked.length === 0) throw invalid(name, 'a test asks for something');
  const verdicts = asked.map(([operator, operand]) =>
    compileOperator(name, field.type, operator, operand),
  );
  const [only] = verdicts;
  const holds: Condition['holds'] =
    only !== undefined && verdicts.length === 1
      ? (s) => only(field.read(s))
      : (s) => {
          const value = field.read(s);
          return verdicts.every((verdict) => verdict(value));
        };
  return { holds, specificity: 1, fields: [name] };
}

export function fieldOf(name: string): Field {
  const field = FIELDS.get(name);
  if (field === undefined)
    throw new CodedError('unknown_field', `No condition can ask for ${name}.`, { field: name });
  return field;
}

const ORDERED: ReadonlySet<FieldType> = new Set(['decimal', 'instant', 'integer', 'money']);

/** Of a value that is absent nothing holds, except that it does not exist. */
function compileOperator(
  name: string,
  type: FieldType,
  operator: string,
  operand: unknown,
): Verdict {
  const read = (asked: unknown): Comparable => operandOf(name, type, asked);
  const found = (value: FieldValue): Comparable => comparable(type, value as Scalar);
  switch (operator) {
    case 'eq':
      return among([read(operand)], type);
    case 'in':
      if (!Array.isArray(operand) || operand.length === 0) throw invalid(name, '`in` is a list');
      return among(operand.map(read), type);
    case 'exists':
      if (typeof operand !== 'boolean') throw invalid(name, '`exists` is true or false');
      return (value) => isPresent(value) === operand;
    case 'prefix':
      return prefixed(name, type, operand);
    case 'gte':
    case 'lte':
    case 'between': {
      if (!ORDERED.has(type)) throw invalid(name, `\`${operator}\` needs a number or a time`);
      const [low, high] = boundsOf(name, operator, operand).map((each) =>
        each === undefined ? undefined : read(each),
      );
      return (value) =>
        isPresent(value) &&
        (low === undefined || found(value) >= low) &&
        (high === undefined || found(value) <= high);
    }
    default:
      throw invalid(name, `there is no test \`${operator}\``);
  }
}

function among(wanted: readonly Comparable[], type: FieldType): Verdict {
  const [only] = wanted;
  if (type === 'set')
    return (value) => isPresent(value) && (value as string[]).some((each) => wanted.includes(each));
  if (type === 'text' && wanted.length === 1) return (value) => value === only;
  return (value) => isPresent(value) && wanted.includes(comparable(type, value as Scalar));
}

function prefixed(name: string, type: FieldType, operand: unknown): Verdict {
  if (typeof operand !== 'string' || (type !== 'text' && type !== 'set'))
    throw invalid(name, '`prefix` is a text, of a text');
  return (value) =>
    typeof value === 'string'
      ? value.startsWith(operand)
      : Array.isArray(value) && value.some((each: string) => each.startsWith(operand));
}

function boundsOf(name: string, operator: string, operand: unknown): readonly unknown[] {
  if (operator === 'gte') return [operand, undefined];
  if (operator === 'lte') return [undefined, operand];
  if (!Array.isArray(operand) || operand.length !== 2)
    throw invalid(name, '`between` names two ends');
  return operand as readonly unknown[];
}

const isPresent = (value: FieldValue): boolean =>
  value !== null && (typeof value !== 'object' || value.length > 0);

function operandOf(name: string, type: FieldType, asked: unknown): Comparable {
  const fits =
    type === 'boolean'
      ? typeof asked === 'boolean'
      : type === 'integer'
        ? Number.isSafeInteger(asked)
        : typeof asked === 'string' ||
          (Number.isSafeInteger(asked) && (type === 'money' || type === 'decimal'));
  if (!fits) throw invalid(name, `${String(asked)} is not a value of type ${type}`);
  return type === 'instant' ? msOfText(asked as string) : comparable(type, asked as Scalar);
}

const DECIMAL_PLACES = 10n ** 18n;

function comparable(type: FieldType, value: Scalar): Comparable {
  switch (type) {
    case 'instant':
      return msOfInstant(value as Instant);
    case 'money':
      return BigInt(value);
    case 'decimal': {
      const { numerator, denominator } = Rational.ofDecimal(String(value));
      return (numerator * DECIMAL_PLACES) / denominator;
    }
    default:
      return value;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const invalid = (field: string, why: string): CodedError =>
  new CodedError('invalid_condition', `Refused condition on ${field}: ${why}.`, { field, why });
