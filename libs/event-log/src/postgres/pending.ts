import type { Appended, Expected, PreparedEvent, StreamName } from '@tributary/kernel';
import { assertStorable, nextRevision } from '../storable';

/** An append that waits for its verdict. */
export interface Pending {
  readonly stream: StreamName;
  readonly expected: Expected;
  /** Revision that its first event will have. */
  readonly next: bigint;
  readonly events: readonly PreparedEvent[];
  readonly bytes: number;
  /** Drawn once, whatever happens on the way. */
  readonly recordedAtMs: number;
  /** It was sent and no answer came, so what is found may be its own work. */
  uncertain: boolean;
  resolve(appended: Appended): void;
  reject(error: unknown): void;
}

export interface Verdict {
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

export function pendingOf(
  append: Pick<Pending, 'stream' | 'expected' | 'events'>,
  recordedAtMs: number,
  verdict: Verdict,
): Pending {
  const { stream, expected, events } = append;
  assertStorable(expected, events);
  return {
    stream,
    expected,
    next: nextRevision(expected),
    events,
    bytes: bytesOf(events),
    recordedAtMs,
    uncertain: false,
    ...verdict,
  };
}

export function bytesOf(events: readonly PreparedEvent[]): number {
  let bytes = 0;
  for (const event of events) bytes += event.bytes;
  return bytes;
}

export interface Chained {
  /** What can be written by one call. */
  readonly lines: readonly Pending[];
  /** What contradicts the appends before it in the same batch: to be judged by what stands there afterwards. */
  readonly doubtful: readonly Pending[];
}

/** A larger revision has no place in the table, so nothing that expects one can be written. */
const MAX_REVISION = 2n ** 53n;

/** Several appends of one stream go together when each expects what the one before it leaves. */
export function chain(batch: readonly Pending[]): Chained {
  const ends = new Map<StreamName, bigint>();
  const lines: Pending[] = [];
  const doubtful: Pending[] = [];
  for (const pending of batch) {
    const end = ends.get(pending.stream);
    if (pending.next > MAX_REVISION || (end !== undefined && end !== pending.next)) {
      doubtful.push(pending);
      continue;
    }
    ends.set(pending.stream, pending.next + BigInt(pending.events.length));
    lines.push(pending);
  }
  return { lines, doubtful };
}
