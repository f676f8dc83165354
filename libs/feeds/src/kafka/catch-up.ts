import type { Owner } from '@tributary/contracts';

import type { Inbox, PublishedReader } from '../ports';
import type { Bounds } from './broker';

export const CATCH_UP = 'catch-up';
const PAGE_SIZE = 1_000;

export interface Source {
  readonly owner: Owner;
  readonly reader: PublishedReader;
  readonly inbox: Inbox;
}

/** Reads the owner from where the last catch-up ended to its head, into the inbox. */
export async function catchUp(
  { owner, reader, inbox }: Source,
  signal: AbortSignal,
): Promise<void> {
  let position = (await inbox.offsetOf(owner, CATCH_UP)) ?? 0n;
  for (;;) {
    signal.throwIfAborted();
    const { events, through } = await reader.after(position, PAGE_SIZE);
    if (through === position) return;
    await inbox.receive(owner, events, { channel: CATCH_UP, next: through });
    position = through;
  }
}

/**
 * Where to begin with a partition. Postgres knows; the owner is asked where it does not, and where Kafka no longer holds what
 * comes next. `bounds` were noted before, so everything below their end is in the owner's table by now, and what both bring is
 * ignored by revision.
 */
export async function startingOffset(
  source: Source,
  channel: string,
  bounds: Bounds,
  signal: AbortSignal,
): Promise<bigint> {
  const { owner, inbox } = source;
  const next = await inbox.offsetOf(owner, channel);
  if (next !== undefined && next >= bounds.first && next <= bounds.end) return next;
  await catchUp(source, signal);
  await inbox.receive(owner, [], { channel, next: bounds.end });
  return bounds.end;
}
