import { type JsonObject, MAX_EVENT_BYTES, canonicalJson } from '@tributary/kernel';
import type { StatementLine } from './statement-of';

/** The envelope of an event, and the braces around its lines. */
const ROOM_BYTES = 4 * 1024;
const MOST_BYTES = MAX_EVENT_BYTES - ROOM_BYTES;
/** Eight full events would fill an append; head and figures come along. */
export const PARTS_AT_ONCE = 6;

/** Lines in pieces of which each fits into one event. */
export function partsOf(lines: readonly StatementLine[]): readonly (readonly StatementLine[])[] {
  const parts: StatementLine[][] = [];
  let bytes = Infinity;
  for (const line of lines) {
    const size = Buffer.byteLength(canonicalJson(line as unknown as JsonObject)) + 1;
    if (bytes + size > MOST_BYTES) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(line);
    bytes += size;
  }
  return parts;
}
