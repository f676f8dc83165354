import { type Instant, isInstant } from '@tributary/kernel';
import { cursorOf, invalidCursor, readCursor } from '@tributary/platform';
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

/** Which release a cursor belongs to. The edge binds cursors of questions to what was asked; that of a command binds itself. */
interface Release {
  readonly tenant: string;
  readonly asOf: Instant;
}

/** Behind which window a release goes on. */
export const releaseCursor = (stream: string, { tenant, asOf }: Release): string =>
  cursorOf(stream, asOf, tenant);

/** With another `asOf` the windows before it would be passed over, and nobody would be told. */
export function readReleaseCursor(cursor: string, { tenant, asOf }: Release): string {
  const [stream, of, whose] = readCursor(cursor, 3);
  if (stream === undefined || of !== asOf || whose !== tenant) throw invalidCursor();
  return stream;
}
