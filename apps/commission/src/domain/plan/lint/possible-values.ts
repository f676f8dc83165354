import { Rational, instant, msOf } from '@tributary/kernel';
import { FIELDS, type FieldType } from '../../../../engines/v1/fields';
import { CLOSED_VALUES } from './known-values';

/** One kind of value per type, so that `<` and `===` mean what they say. */
type Value = bigint | boolean | string;

/** One question about one field, or its opposite. */
export interface Literal {
  readonly operator: string;
  readonly values: ReadonlySet<Value>;
  readonly negated: boolean;
}

export function literalOf(
  field: string,
  operator: string,
  operand: unknown,
  negated: boolean,
): Literal {
  const type = FIELDS.get(field)?.type ?? 'text';
  const operands: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  const kind = operator === 'exists' ? 'boolean' : type;
  return { operator, values: new Set(operands.map((each) => valueOf(kind, each))), negated };
}

/**
 * Whether a field can have a value of which all of this holds. Values are tried: those that are named, their neighbours, and one
 * that nobody names; between two of them nothing changes.
 */
export function isFieldPossible(field: string, asked: readonly Literal[]): boolean {
  const type = FIELDS.get(field)?.type;
  if (type === undefined) return true;
  if (type === 'set') return isSetPossible(asked);
  return candidatesOf(field, type, asked).some((value) =>
    asked.every((literal) => holdsOf(literal, value) !== literal.negated),
  );
}

/** A set fulfils each wish with another element, as long as no element is unwanted. */
function isSetPossible(asked: readonly Literal[]): boolean {
  const isEmptyWanted = ({ operator, values, negated }: Literal) =>
    operator === 'exists' && values.has(true) === negated;
  if (asked.some(isEmptyWanted)) return asked.every((each) => each.negated || isEmptyWanted(each));
  const unwanted = asked.filter(({ negated, operator }) => negated && operator !== 'exists');
  const elements = textsIn(asked);
  return asked
    .filter((each) => !unwanted.includes(each))
    .every((wish) =>
      elements.some(
        (element) =>
          (wish.operator === 'exists' || holdsOf(wish, element)) &&
          !unwanted.some((each) => holdsOf(each, element)),
      ),
    );
}

type Candidates = readonly (Value | undefined)[];

function candidatesOf(field: string, type: FieldType, asked: readonly Literal[]): Candidates {
  const closed = CLOSED_VALUES.get(field);
  if (type === 'boolean') return [undefined, true, false];
  if (closed !== undefined) return [undefined, ...closed];
  const listed = shortestList(asked);
  if (listed) return [...listed];
  if (type === 'text') return [undefined, ...textsIn(asked)];
  const named = asked.flatMap(({ operator, values }) =>
    operator === 'exists' ? [] : ([...values] as bigint[]),
  );
  return [undefined, 0n, ...named.flatMap((value) => [value - 1n, value, value + 1n])];
}

/** Whoever asks for one of a list leaves nothing else to try. */
function shortestList(asked: readonly Literal[]): ReadonlySet<Value> | undefined {
  let shortest: ReadonlySet<Value> | undefined;
  for (const { operator, values, negated } of asked)
    if (!negated && (operator === 'eq' || operator === 'in'))
      if (!shortest || values.size < shortest.size) shortest = values;
  return shortest;
}

/** Begins as no name does. */
const UNHEARD_OF = '\u{10fffd}';

function textsIn(asked: readonly Literal[]): string[] {
  const named = asked.flatMap(({ operator, values }) =>
    operator === 'exists' ? [] : ([...values] as string[]),
  );
  return [UNHEARD_OF, ...named, ...named.map((each) => each + UNHEARD_OF)];
}

/** As the engine judges it: of a value that is absent nothing holds, except that it does not exist. */
function holdsOf({ operator, values }: Literal, value: Value | undefined): boolean {
  if (operator === 'exists') return values.has(value !== undefined);
  if (value === undefined) return false;
  if (operator === 'eq' || operator === 'in') return values.has(value);
  const [first, last = first] = [...values] as [Value, Value?];
  switch (operator) {
    case 'prefix':
      return String(value).startsWith(String(first));
    case 'gte':
      return value >= first;
    case 'lte':
      return value <= first;
    default:
      return value >= first && value <= last;
  }
}

const DECIMAL_PLACES = 10n ** 18n;

function valueOf(type: FieldType, operand: unknown): Value {
  switch (type) {
    case 'boolean':
      return operand === true;
    case 'decimal': {
      const { numerator, denominator } = Rational.ofDecimal(String(operand));
      return (numerator * DECIMAL_PLACES) / denominator;
    }
    case 'instant':
      return BigInt(msOf(instant(operand as string)));
    case 'integer':
    case 'money':
      return BigInt(operand as string);
    default:
      return String(operand);
  }
}
