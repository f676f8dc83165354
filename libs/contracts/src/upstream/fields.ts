import type { ExchangeKind, Schema } from './schema';

/** The kinds of fields that facts are made of. Each says how it is kept. */

const ledger = (schema: Schema, description: string): Schema => ({
  ...schema,
  description,
  'x-data': 'ledger',
});

const exchanged = (kind: ExchangeKind, schema: Schema, description: string): Schema => ({
  ...schema,
  description,
  'x-data': 'protected',
  'x-exchange': kind,
});

const text = (maxLength: number): Schema => ({ type: 'string', minLength: 1, maxLength });
const HASH: Schema = { type: 'string', pattern: '^[0-9a-f]{64}$' };

/** A reference that never names a person. */
export const ref = (description: string): Schema => ledger(text(200), description);

export const words = (description: string, maxLength = 200): Schema =>
  ledger(text(maxLength), description);

/** A word for programs. Reasons are such words, because free text is where personal data hide. */
export const word = (description: string): Schema =>
  ledger({ type: 'string', pattern: '^[a-z0-9][a-z0-9_.-]{0,63}$' }, description);

export const oneOfWords = (values: readonly string[], description: string): Schema =>
  ledger({ type: 'string', enum: values }, description);

export const flag = (description: string): Schema => ledger({ type: 'boolean' }, description);

export const wholeNumber = (minimum: number, maximum: number, description: string): Schema =>
  ledger({ type: 'integer', minimum, maximum }, description);

/** An id of our own. */
export const ourId = (description: string): Schema =>
  ledger({ type: 'string', pattern: '^[a-z0-9]{1,32}$' }, description);
export const partnerRef = ourId('Our id of the partner.');

export const time = (description: string): Schema =>
  ledger({ type: 'string', maxLength: 40, format: 'date-time' }, description);

export const domain = ledger(
  {
    type: 'string',
    maxLength: 253,
    pattern: '^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9-]{2,63}$',
  },
  'The domain of the company, in lower case.',
);

export const country = ledger(
  { type: 'string', pattern: '^[A-Z]{2}$' },
  'ISO 3166-1, two letters.',
);

/** User information and what follows the question mark are looked at besides. */
export const url = (description: string): Schema =>
  ledger(
    { type: 'string', maxLength: 2_000, pattern: '^https?://[^\\s/?#]+[^\\s]*$' },
    description,
  );

// Money: integer minor units as text, of the asset that the fact names.

const minorUnits = (pattern: string, description: string): Schema =>
  ledger({ type: 'string', pattern }, description);

export const amount = (description: string): Schema =>
  minorUnits('^(?:-?[1-9][0-9]{0,17}|0)$', description);

export const amountFromZero = (description: string): Schema =>
  minorUnits('^(?:[1-9][0-9]{0,17}|0)$', description);

export const amountAboveZero = (description: string): Schema =>
  minorUnits('^[1-9][0-9]{0,17}$', description);

/** How many, as text or as a JSON integer; kept as text. */
export const quantity = ledger(
  {
    anyOf: [
      { type: 'string', pattern: '^(?:[1-9][0-9]{0,17}|0)$' },
      { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    ],
    'x-kept-as': 'text',
  },
  'How many, as an integer or an integer as text.',
);

export const decimal = (description: string): Schema =>
  ledger({ type: 'string', pattern: '^-?(?:0|[1-9][0-9]{0,8})(?:\\.[0-9]{1,6})?$' }, description);

// What may lead to a person: exchanged for a pseudonym before anything is kept.

export const customerRef = exchanged('customer', text(200), 'Your stable id of the customer.');
export const visitorId = exchanged('visitor', text(200), 'Your id of the visitor.');
export const leadRef = exchanged('lead', text(200), 'Your id of the lead.');
export const emailHash = exchanged(
  'email',
  HASH,
  'SHA-256 of the trimmed, lower-case address, in hexadecimal.',
);
export const taxIdHash = exchanged(
  'tax',
  HASH,
  'SHA-256 of the letters and digits of the tax id in upper case, in hexadecimal.',
);
export const ipHash = exchanged('ip', HASH, 'SHA-256 of the address, in hexadecimal.');
export const uaHash = exchanged('agent', HASH, 'SHA-256 of the user agent, in hexadecimal.');

export const taxId: Schema = {
  ...exchanged(
    'tax',
    { type: 'string', maxLength: 40, pattern: '^[A-Za-z0-9][A-Za-z0-9 ./-]{3,39}$' },
    'The tax id of the company. It is exchanged on arrival and never kept.',
  ),
  'x-clear': true,
};

/** Whose kind the field beside it names. */
export const valueOf = (typeField: string, description: string): Schema => ({
  ...text(253),
  description,
  'x-data': 'protected',
  'x-exchange-by': typeField,
});

/** Sealed under the key of the subject that the type of fact names. */
export const sealed = (maxLength: number, description: string): Schema => ({
  ...text(maxLength),
  description,
  'x-data': 'protected',
});

export const list = (items: Schema, minItems: number, maxItems: number): Schema => ({
  type: 'array',
  minItems,
  maxItems,
  items,
});
