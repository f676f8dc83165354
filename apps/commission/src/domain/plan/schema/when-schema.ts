import { FIELDS, type FieldType } from '../../../../engines/v1/fields';
import { INSTANT, type Schema, either } from './shapes';

const text: Schema = { type: 'string', maxLength: 200 };
/** A larger number of JSON is not the one that was written. */
const integer: Schema = {
  type: 'integer',
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
};
const decimal: Schema = either(
  'string',
  { pattern: '^-?(?:0|[1-9][0-9]{0,17})(?:\\.[0-9]{1,18})?$' },
  integer,
  { description: 'A decimal as text, or an integer.' },
);
const money: Schema = either('string', { pattern: '^(?:0|-?[1-9][0-9]{0,17})$' }, integer, {
  description: 'Minor units of the asset of the sale.',
});

const VALUES: Readonly<Record<FieldType, Schema>> = {
  boolean: { type: 'boolean' },
  decimal,
  instant: INSTANT,
  integer,
  money,
  set: text,
  text,
};

const DESCRIPTIONS: Readonly<Record<FieldType, string>> = {
  boolean: 'True or false.',
  decimal: 'A number.',
  instant: 'A point in time, with its offset.',
  integer: 'A count.',
  money: 'Minor units of the asset of the sale.',
  set: 'Several texts: a test holds when it holds for one of them.',
  text: 'A text.',
};

const ORDERED: readonly FieldType[] = ['decimal', 'instant', 'integer', 'money'];

/** What may be asked of one field: a value, or tests that must all hold. */
function testOf(type: FieldType): Schema {
  const value = VALUES[type];
  const list = { type: 'array', minItems: 1, maxItems: 100, items: value };
  const tests = {
    type: 'object',
    minProperties: 1,
    additionalProperties: false,
    properties: {
      eq: value,
      in: { ...list, description: 'One of these.' },
      exists: { type: 'boolean', description: 'Whether there is a value at all.' },
      ...((type === 'text' || type === 'set') && {
        prefix: { ...text, minLength: 1, description: 'How it begins.' },
      }),
      ...(ORDERED.includes(type) && {
        gte: { ...value, description: 'At least.' },
        lte: { ...value, description: 'At most.' },
        between: {
          type: 'array',
          minItems: 2,
          maxItems: 2,
          items: value,
          description: 'From the first to the second; both belong to it.',
        },
      }),
    },
  };
  return either('object', tests, value, {});
}

export const WHEN: Schema = { $ref: '#/$defs/when' };

const TYPES = Object.keys(VALUES) as FieldType[];
/** `#/$defs/` of a schema with conditions: the condition itself, and the tests of each type of field. */
export const whenDefinitions = (): Readonly<Record<string, Schema>> => ({
  when: WHEN_DEFINITION,
  ...Object.fromEntries(TYPES.map((type) => [`${type}Test`, testOf(type)])),
});

const several = (description: string): Schema => ({
  type: 'array',
  minItems: 1,
  maxItems: 50,
  items: WHEN,
  description,
});

/** Made from the engine's closed list of fields, so that nobody can ask for what it does not know. */
export const WHEN_DEFINITION: Schema = {
  type: 'object',
  minProperties: 1,
  additionalProperties: false,
  description: 'A condition. All of its fields must hold; of a value that is absent nothing holds.',
  examples: [
    { 'partner.type': 'agency' },
    { all: [{ 'line.billing': 'annual' }, { 'customer.country': { in: ['BR', 'MX'] } }] },
  ],
  properties: {
    all: several('Each of these holds.'),
    any: several('At least one of these holds.'),
    not: { ...WHEN, description: 'This does not hold.' },
    ...Object.fromEntries(
      [...FIELDS].map(([name, { type }]) => [
        name,
        { $ref: `#/$defs/${type}Test`, description: DESCRIPTIONS[type] },
      ]),
    ),
  },
};
