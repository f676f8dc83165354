import { type Instant, isInstant } from '@tributary/kernel';
import { invalidCursor, readCursor } from '@tributary/platform';

/** A cursor of an order by line and time. */
export function readLineCursor(cursor: string): readonly [line: string, at: Instant] {
  const [line, at] = readCursor(cursor, 2);
  if (line === undefined || !isInstant(at)) throw invalidCursor();
  return [line, at];
}
