import { type Instant, isInstant } from '@tributary/kernel';
import { Refusal } from '@tributary/platform';

/** Where a page ended: a line and a time. Opaque to those who hand it back. */
export const cursorOf = (line: string, at: Instant): string =>
  Buffer.from(JSON.stringify([line, at])).toString('base64url');

export function readCursor(cursor: string): readonly [line: string, at: Instant] {
  const value = parsed(Buffer.from(cursor, 'base64url').toString());
  if (Array.isArray(value)) {
    const [line, at] = value as unknown[];
    if (typeof line === 'string' && isInstant(at)) return [line, at];
  }
  throw invalidCursor();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) throw invalidCursor();
    throw error;
  }
}

function invalidCursor(): Refusal {
  const detail = 'Hand back `next` of the page before, as it was given.';
  const errors = [{ parameter: 'after', code: 'invalid_cursor', detail }];
  return new Refusal(422, 'invalid_cursor', detail, { errors });
}
