import { type Instant, isInstant } from '@tributary/kernel';
import { invalidCursor, readCursor } from '@tributary/platform';

const LINE_ID = /^[0-9a-f]{32}$/;

/** A cursor of an order by line and time. */
export function readLineCursor(cursor: string): readonly [line: string, at: Instant] {
  const [line, at] = readCursor(cursor, 2);
  if (line === undefined || !LINE_ID.test(line) || !isInstant(at)) throw invalidCursor();
  return [line, at];
}
