import type { Instant } from '@tributary/kernel';
import type { AccountEvent, Moved } from './events';
import type { OfAccount, ReservedItem } from './terms';

/** A line takes up to 180 bytes, and the rest of an event has to fit beside them. */
export const MOST_LINES_OF_EVENT = 250;

type Moving = Extract<AccountEvent, { data: Moved }>;

/** The lines that do not fit are moved by events before it, in the same append. */
export function withLines(event: Moving): readonly AccountEvent[] {
  const { lines, partner, entity, asset }: Moved & OfAccount = event.data;
  if (lines.length <= MOST_LINES_OF_EVENT) return [event];
  const [last, before] = lastOf(lines);
  const { occurredAt } = event;
  const moved = before.map((chunk): AccountEvent => ({
    type: 'LinesMoved',
    data: { partner, entity, asset, lines: chunk },
    occurredAt,
  }));
  return [...moved, { ...event, data: { ...event.data, lines: last } } as Moving];
}

export function withReservedLines(
  reserved: ReservedItem,
  occurredAt: Instant,
): readonly AccountEvent[] {
  const { partner, entity, asset, run, item } = reserved;
  const [last, before] = lastOf(reserved.lines);
  const listed = before.map((lines): AccountEvent => ({
    type: 'LinesReserved',
    data: { partner, entity, asset, run, item, lines },
    occurredAt,
  }));
  const data = { ...reserved, lines: last, lineCount: reserved.lines.length };
  return [...listed, { type: 'PayoutReserved', data, occurredAt }];
}

function lastOf<T>(all: readonly T[]): readonly [readonly T[], readonly (readonly T[])[]] {
  const chunks: T[][] = [];
  for (let at = 0; at < all.length; at += MOST_LINES_OF_EVENT)
    chunks.push(all.slice(at, at + MOST_LINES_OF_EVENT));
  return [chunks.at(-1) ?? [], chunks.slice(0, -1)];
}
