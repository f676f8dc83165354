import { POSITION, Refusal } from '@tributary/platform';

/** Where a page ended, and the position of the log that all pages of one reading share. */
export interface Cursor {
  readonly position: bigint;
  readonly keys: readonly string[];
}

export const cursorOf = ({ position, keys }: Cursor): string =>
  Buffer.from(JSON.stringify([String(position), ...keys])).toString('base64url');

/** What a key looks like, or whether it is one. */
export type Form = RegExp | ((key: string) => boolean);

/** Throws unless it has so many keys, each of its form. */
export function readCursor(text: string, forms: readonly Form[]): Cursor {
  const [position, ...keys] = textsOf(text);
  const isOf = (form: Form, key: string) =>
    typeof form === 'function' ? form(key) : form.test(key);
  const fits = keys.length === forms.length && forms.every((form, i) => isOf(form, keys[i] ?? ''));
  if (position === undefined || !POSITION.test(position) || !fits) throw invalid();
  return { position: BigInt(position), keys };
}

export const positionOfCursor = (text: string): bigint => {
  const [position = ''] = textsOf(text);
  if (!POSITION.test(position)) throw invalid();
  return BigInt(position);
};

function textsOf(text: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    throw invalid();
  }
  if (!Array.isArray(value) || !value.every(isText)) throw invalid();
  return value;
}

/** Nothing that the database would refuse to compare with. */
const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.isWellFormed() && !value.includes('\0');

function invalid(): Refusal {
  const detail = 'Hand back `next` of the page before, to the same question.';
  const errors = [{ parameter: 'after', code: 'invalid_cursor', detail }];
  return new Refusal(422, 'invalid_cursor', detail, { errors });
}
