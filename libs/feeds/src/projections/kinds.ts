import { CodedError, type Instant, type Json, instant } from '@tributary/kernel';

/** What a declared field or a column holds. `bigint` is for amounts, revisions and positions. */
export type Kind = 'bigint' | 'boolean' | 'instant' | 'int' | 'json' | 'text';
/** A question mark allows null. */
export type FieldKind = Kind | `${Kind}?`;

interface Values {
  readonly bigint: bigint;
  readonly boolean: boolean;
  readonly instant: Instant;
  readonly int: number;
  readonly json: Json;
  readonly text: string;
}

export type ValueOf<K extends FieldKind> = K extends `${infer Base extends Kind}?`
  ? Values[Base] | null
  : K extends Kind
    ? Values[K]
    : never;

export const SQL_TYPES: Readonly<Record<Kind, string>> = {
  bigint: 'bigint',
  boolean: 'boolean',
  instant: 'timestamptz',
  int: 'integer',
  json: 'jsonb',
  text: 'text',
};

export const isOptional = (kind: FieldKind): boolean => kind.endsWith('?');
export const kindOf = (kind: FieldKind): Kind => kind.replace('?', '') as Kind;

const MOST_DIGITS_OF_A_NUMBER = 15;
const INTEGER = /^-?[0-9]{1,40}$/;
const NORMAL_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Reads the text of a value as SQL or JSON gives it. */
export const DECODERS: Readonly<Record<Kind, (text: string) => unknown>> = {
  text: (text) => text,
  bigint: (text) => {
    if (!INTEGER.test(text)) return misread('bigint', text);
    // So short, it is exact as a number, which is read twice as fast.
    return text.length <= MOST_DIGITS_OF_A_NUMBER ? BigInt(Number(text)) : BigInt(text);
  },
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : misread('boolean', text)),
  instant: (text) => (NORMAL_INSTANT.test(text) ? text : instant(text)),
  int: (text) => {
    const value = INTEGER.test(text) ? Number(text) : NaN;
    return Number.isSafeInteger(value) ? value : misread('int', text);
  },
  json: (text) => JSON.parse(text) as unknown,
};

function misread(kind: Kind, text: string): never {
  throw new CodedError('field_unreadable', `Not a value of kind ${kind}: ${text.slice(0, 100)}`, {
    kind,
  });
}

/** A value as Postgres reads it, in an array literal or in COPY. Undefined and null are both null. */
export function textOf(kind: Kind, value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (kind === 'json') return JSON.stringify(value);
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  throw new CodedError('row_unwritable', `A column of kind ${kind} was given ${typeof value}.`, {
    kind,
  });
}
