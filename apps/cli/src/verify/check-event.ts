import { assertBalanced, CodedError, contentHashOf, type Recorded } from '@tributary/kernel';
import { type Finding, findingAt } from './finding';

interface Place {
  readonly head: bigint;
  readonly previous: bigint | undefined;
  /** Positions without a gap, as our own log promises; otherwise they only rise. */
  readonly dense: boolean;
}

/** What is wrong with an event by itself, or with its place behind the one before. */
export function wrongIn(event: Recorded, { head, previous, dense }: Place): Finding | undefined {
  const { position, revision } = event;
  if (dense ? position !== head + 1n : position <= head) {
    return findingAt(event, 'position', `follows position ${head}`);
  }
  const expected = previous === undefined ? 0n : previous + 1n;
  if (revision !== expected) {
    return findingAt(event, 'revision', `revision ${expected} was expected`);
  }
  const hash = hashOf(event);
  if (hash !== event.contentHash) {
    return findingAt(event, 'content_hash', `stored ${event.contentHash}, computed ${hash}`);
  }
  const refusal = entryRefusal(event);
  return refusal === undefined ? undefined : findingAt(event, 'entry', refusal);
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
