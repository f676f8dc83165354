import type { EventLog } from '@tributary/event-log';
import {
  assertBalanced,
  categoryOf,
  CodedError,
  contentHashOf,
  type Recorded,
  type StreamName,
} from '@tributary/kernel';

export interface Finding {
  readonly position: bigint;
  readonly stream: StreamName;
  readonly revision: bigint;
  readonly what: 'position' | 'revision' | 'content_hash' | 'entry';
  readonly detail: string;
}

export interface Verified {
  readonly events: number;
  readonly streams: number;
  readonly head: bigint;
  /** Events per category, the largest first. */
  readonly categories: readonly (readonly [string, number])[];
  /** The first thing that is wrong; nothing behind it was read. */
  readonly wrong: Finding | undefined;
}

/**
 * Reads everything and computes again what can be computed: the hash of each event from its content, revisions without a gap
 * per stream, positions without a gap (adapters that promise density) or at least rising, balanced entries.
 */
export async function verifyLog(
  log: Pick<EventLog, 'readAll'>,
  { dense }: { readonly dense: boolean },
): Promise<Verified> {
  const revisions = new Map<StreamName, bigint>();
  const categories = new Map<string, number>();
  let events = 0;
  let head = 0n;
  let wrong: Finding | undefined;
  reading: for await (const batch of log.readAll(0n)) {
    for (const event of batch.events) {
      const previous = revisions.get(event.stream);
      wrong = wrongIn(event, { head, previous, dense });
      if (wrong) break reading;
      revisions.set(event.stream, event.revision);
      head = event.position;
      events++;
      const category = categoryOf(event.stream);
      categories.set(category, (categories.get(category) ?? 0) + 1);
    }
  }
  const bySize = [...categories].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  return { events, streams: revisions.size, head, categories: bySize, wrong };
}

interface Place {
  readonly head: bigint;
  readonly previous: bigint | undefined;
  readonly dense: boolean;
}

function wrongIn(event: Recorded, { head, previous, dense }: Place): Finding | undefined {
  const { position, stream, revision } = event;
  const found = (what: Finding['what'], detail: string): Finding => ({
    position,
    stream,
    revision,
    what,
    detail,
  });
  if (dense ? position !== head + 1n : position <= head) {
    return found('position', `follows position ${head}`);
  }
  const expected = previous === undefined ? 0n : previous + 1n;
  if (revision !== expected) return found('revision', `revision ${expected} was expected`);
  const hash = hashOf(event);
  if (hash !== event.contentHash) {
    return found('content_hash', `stored ${event.contentHash}, computed ${hash}`);
  }
  const refusal = entryRefusal(event);
  return refusal === undefined ? undefined : found('entry', refusal);
}

/** Content that has no canonical form was never what we hashed. */
function hashOf(event: Recorded): string {
  try {
    return contentHashOf(event);
  } catch (error) {
    if (error instanceof CodedError) return `nothing: ${error.message}`;
    throw error;
  }
}

function entryRefusal({ data }: Recorded): string | undefined {
  if (!('entry' in data)) return undefined;
  try {
    assertBalanced(data['entry']);
    return undefined;
  } catch (error) {
    if (error instanceof CodedError) return error.message;
    throw error;
  }
}
