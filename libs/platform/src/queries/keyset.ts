import { isInstant } from '@tributary/kernel';
import { Refusal } from '../errors/problem';

const MARK = '.';

/** Where a page ended: the values that its rows are ordered by, as text. Bound to its question on its way out (`Paging`), and opaque there. */
export const cursorOf = (...values: readonly string[]): string =>
  MARK + Buffer.from(JSON.stringify(values)).toString('base64url');

/** One that is not bound yet. */
export const isCursor = (value: unknown): value is string =>
  typeof value === 'string' && value.startsWith(MARK);

/** As many values as the order has; anything else is not one of our cursors. */
export function readCursor(cursor: string, length: number): readonly string[] {
  if (!isCursor(cursor)) throw invalidCursor();
  const values = parsed(Buffer.from(cursor.slice(MARK.length), 'base64url').toString());
  if (Array.isArray(values) && values.length === length && values.every(isText)) {
    return values;
  }
  throw invalidCursor();
}

/** No order has what the database would refuse to compare with. */
const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.isWellFormed() && !value.includes('\0');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) throw invalidCursor();
    throw error;
  }
}

export function invalidCursor(): Refusal {
  const detail =
    'Hand back `next` of the page before, as it was given, to the same question and with the same `position`.';
  return new Refusal(422, 'invalid_cursor', detail, {
    errors: [{ parameter: 'after', code: 'invalid_cursor', detail }],
  });
}

/** A cursor of an order that begins with a time. */
export function instantCursor(cursor: string, length: number): readonly string[] {
  const values = readCursor(cursor, length);
  if (!isInstant(values[0])) throw invalidCursor();
  return values;
}
