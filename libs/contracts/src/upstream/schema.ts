/** A JSON Schema as we write it: one field or one object, with the marks that say how it is kept. */
export interface Schema {
  readonly $id?: string;
  readonly type?: 'array' | 'boolean' | 'integer' | 'object' | 'string';
  readonly title?: string;
  readonly description?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly dependentSchemas?: Readonly<Record<string, Schema>>;
  /** `ledger` is kept as it is, `protected` is exchanged or sealed before it is kept, `forbidden` is refused. */
  readonly 'x-data'?: 'forbidden' | 'ledger' | 'protected';
  /** The kind of identifier under which the vault exchanges the value for a pseudonym. */
  readonly 'x-exchange'?: ExchangeKind;
  /** The field beside this one that names the kind; the value of any other kind is kept as it is. */
  readonly 'x-exchange-by'?: string;
  /** Sent in the clear: it is hashed before it is exchanged, so that it meets the same value sent as a hash. */
  readonly 'x-clear'?: true;
  /** Of the whole: the field that names the subject under whose key `pii` is sealed. */
  readonly 'x-subject'?: string;
  /** Of the whole: names of fields that are refused, with what to send instead. */
  readonly 'x-forbidden'?: Readonly<Record<string, string>>;
  readonly [keyword: string]: unknown;
}

export const EXCHANGE_KINDS = [
  'customer',
  'visitor',
  'lead',
  'email',
  'tax',
  'ip',
  'agent',
] as const;
export type ExchangeKind = (typeof EXCHANGE_KINDS)[number];

export interface Optional {
  readonly optional: Schema;
}
export const optional = (schema: Schema): Optional => ({ optional: schema });

/** A field for each of `D`, optional where it is optional there, so that type and schema cannot drift apart. */
export type Fields<D> = {
  readonly [K in keyof D]-?: object extends Pick<D, K> ? Optional : Schema;
};

/** Fields that stand for each other: one of them, or at least one, is needed; always, or where another is given. */
export interface Choice {
  readonly fields: readonly string[];
  readonly exclusive: boolean;
  readonly given?: string;
}

export const exactlyOne = (...fields: string[]): Choice => ({ fields, exclusive: true });
export const atLeastOne = (...fields: string[]): Choice => ({ fields, exclusive: false });
export const needs = (given: string, ...fields: string[]): Choice => ({
  given,
  fields,
  exclusive: true,
});

/** Choices stand in `allOf` and nothing else does, so that a reader can tell them apart. */
function choiceSchema({ fields, exclusive, given }: Choice): Schema {
  const one: Schema = {
    [exclusive ? 'oneOf' : 'anyOf']: fields.map((field) => ({ required: [field] })),
  };
  return given === undefined ? one : { dependentSchemas: { [given]: one } };
}

/** The other direction, for whoever checks. */
export function choicesOf(schema: Schema): readonly Choice[] {
  return (schema.allOf ?? []).map((choice) => {
    const [given, dependent] = Object.entries(choice.dependentSchemas ?? {})[0] ?? [];
    const { oneOf, anyOf } = dependent ?? choice;
    return {
      fields: (oneOf ?? anyOf ?? []).flatMap(({ required = [] }) => required),
      exclusive: oneOf !== undefined,
      ...(given !== undefined && { given }),
    };
  });
}

const ASSET: Schema = {
  type: 'string',
  maxLength: 20,
  pattern: '^[A-Z][A-Z0-9]{2,15}/(?:0|[1-9][0-9]?)$',
  description: 'What the amounts count, with the digits of its minor unit, like "BRL/2".',
  'x-data': 'ledger',
};
const CURRENCY: Schema = {
  type: 'string',
  pattern: '^[A-Z]{3}$',
  description: 'Instead of `asset`: an active ISO 4217 code; we add the digits.',
  'x-data': 'ledger',
};
export const asset = ASSET;

/** A closed object. One that has an `asset` takes a `currency` in its place. */
export function record<D extends object>(
  fields: Fields<D>,
  choices: readonly Choice[] = [],
  more: Schema = {},
): Schema {
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  const chosen = [...choices];
  for (const [name, field] of Object.entries<Optional | Schema>(fields)) {
    const schema = isOptional(field) ? field.optional : field;
    properties[name] = schema;
    if (schema === ASSET) properties['currency'] = CURRENCY;
    if (isOptional(field)) continue;
    if (schema === ASSET) chosen.push(exactlyOne('asset', 'currency'));
    else required.push(name);
  }
  return {
    type: 'object',
    required,
    additionalProperties: false,
    properties,
    ...(chosen.length > 0 && { allOf: chosen.map(choiceSchema) }),
    ...more,
  };
}

const isOptional = (field: Optional | Schema): field is Optional => 'optional' in field;
