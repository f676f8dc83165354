import { type Instant, isInstant } from '@tributary/kernel';
import { invalidCursor, readCursor } from '@tributary/platform';
import type { HeldCursor } from '../read-model/holds.queries';

const LINE_ID = /^[0-9a-f]{32}$/;

/** A cursor of what is held, part by part: each of a line, by the date and the books that it is held in. */
export function readHeldCursor(cursor: string): HeldCursor {
  const [line, until, entity, asset] = readCursor(cursor, 4);
  if (line === undefined || !LINE_ID.test(line) || !isInstant(until)) throw invalidCursor();
  if (entity === undefined || asset === undefined) throw invalidCursor();
  return [line, until, entity, asset];
}

/** A cursor of an order by line and time. */
export function readLineCursor(cursor: string): readonly [line: string, at: Instant] {
  const [line, at] = readCursor(cursor, 2);
  if (line === undefined || !LINE_ID.test(line) || !isInstant(at)) throw invalidCursor();
  return [line, at];
}
