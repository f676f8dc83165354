/** A JSON Schema, or a part of one. */
export interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly [keyword: string]: unknown;
}

interface Optional {
  readonly optional: Schema;
}
export const optional = (schema: Schema): Optional => ({ optional: schema });

/** A schema for each field of `T`, optional where it is optional there: a type and its schema cannot drift apart. */
export type Shape<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K> ? Optional : Schema;
};

/** An object with these fields and no other. */
export function closed<T>(shape: Shape<T>, more: Schema = {}): Schema {
  const entries = Object.entries<Optional | Schema>(shape);
  return {
    type: 'object',
    required: entries.filter(([, field]) => !isOptional(field)).map(([name]) => name),
    additionalProperties: false,
    properties: Object.fromEntries(
      entries.map(([name, field]) => [name, isOptional(field) ? field.optional : field]),
    ),
    ...more,
  };
}

const isOptional = (field: Optional | Schema): field is Optional => 'optional' in field;

/** One of two forms, told apart by the type, so that an editor complains about the one that was meant. */
export const either = (type: string, first: Schema, second: Schema, more: Schema): Schema => ({
  ...more,
  if: { type },
  then: { type, ...first },
  else: second,
});

/** One of two forms, told apart by whether a field is there. */
export const given = (field: string, then: Schema, otherwise: Schema): Schema => ({
  if: { type: 'object', required: [field], properties: { [field]: true } },
  then,
  else: otherwise,
});

export const text = (description: string, maxLength = 100): Schema => ({
  type: 'string',
  minLength: 1,
  maxLength,
  description,
});

export const oneOf = (values: readonly string[], description: string): Schema => ({
  type: 'string',
  enum: values,
  description,
});

export const count = (description: string, maximum: number, minimum = 1): Schema => ({
  type: 'integer',
  minimum,
  maximum,
  description,
});

export const flag = (description: string): Schema => ({ type: 'boolean', description });

export const list = (items: Schema, description: string, maxItems = 100): Schema => ({
  type: 'array',
  minItems: 1,
  maxItems,
  items,
  description,
});

export const MINOR_UNITS = '^(?:0|[1-9][0-9]{0,17})$';

export const amount = (description: string): Schema => ({
  type: 'string',
  pattern: MINOR_UNITS,
  description: `${description} Integer minor units of the plan's asset, as text.`,
  examples: ['500000'],
});

/** The years of people now living, so that every offset of it is an instant of ours; and no leap second. */
export const INSTANT: Schema = {
  type: 'string',
  format: 'date-time',
  pattern:
    '^[12][0-9]{3}-.{5}[Tt].{6}[0-5][0-9](?:\\.[0-9]{1,9})?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$',
};

export const time = (description: string): Schema => ({
  ...INSTANT,
  description: `${description} With its offset.`,
  examples: ['2026-01-01T00:00:00-03:00'],
});

export const BASIS_POINTS: Schema = either(
  'string',
  { pattern: '^(?:0|[1-9][0-9]{0,4})\\.[0-9]{1,6}$' },
  { type: 'integer', minimum: 0, maximum: 99_999 },
  {
    description:
      'The rate in basis points: 2500 is 25%. As text where it has decimals, at most 6 places.',
    examples: [2500, '1234.5'],
  },
);
