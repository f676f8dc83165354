import {
  type Appended,
  type Instant,
  type StreamAppend,
  msOf,
  unavailable,
} from '@tributary/kernel';
import { assertStorable, nextRevision } from '../storable';
import type { BatchWriter } from './batch-writer';
import { type Pending, bytesOf } from './pending';

export interface BulkAppendOptions {
  readonly writer: BatchWriter;
  readonly now: () => number;
  readonly maxBatchEvents: number;
  readonly maxBatchBytes: number;
  /** With two, the next batch is put together while one is written, and may overtake it; with one, the order stays. */
  readonly inFlight: 1 | 2;
}

type Verdicts = PromiseSettledResult<Appended>[];

/** `recordedAt`: of a copy, as the other log has it. */
type Bulk = StreamAppend & { readonly recordedAt?: Instant };

/** For backfill: the same calls and the same lock as single appends, in larger batches. */
export async function bulkAppend(
  appends: readonly Bulk[],
  options: BulkAppendOptions,
): Promise<readonly PromiseSettledResult<Appended>[]> {
  const verdicts: Verdicts = new Array<PromiseSettledResult<Appended>>(appends.length);
  const inFlight = new Map<Promise<void>, ReadonlySet<string>>();
  let failure: unknown;
  for (const batch of batchesOf(appends, verdicts, options)) {
    const streams = new Set(batch.map(({ stream }) => stream));
    // Batches that continue a stream keep their order; others may overtake each other.
    for (const [writing, others] of inFlight) if (overlap(streams, others)) await writing;
    if (inFlight.size >= options.inFlight) await Promise.race(inFlight.keys());
    if (failure !== undefined) {
      for (const pending of batch) pending.reject(unavailable('The event log', failure));
      continue;
    }
    const writing = settle(batch, options.writer).then((found) => {
      failure ??= found;
      inFlight.delete(writing);
    });
    inFlight.set(writing, streams);
  }
  await Promise.all(inFlight.keys());
  return verdicts;
}

/** Answers why the server could not be reached, if so. */
async function settle(batch: readonly Pending[], writer: BatchWriter): Promise<unknown> {
  let written = await writer.writeBulk(batch);
  while (written.failure === undefined && written.doubtful.length > 0) {
    const left = await writer.judge(written.doubtful);
    if (left.length === 0) break;
    written = await writer.write(left);
  }
  return written.failure;
}

function overlap(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  for (const one of some) if (others.has(one)) return true;
  return false;
}

function* batchesOf(
  appends: readonly Bulk[],
  verdicts: Verdicts,
  { now, maxBatchEvents, maxBatchBytes }: BulkAppendOptions,
): Generator<Pending[], void, undefined> {
  let batch: Pending[] = [];
  let events = 0;
  let bytes = 0;
  for (const [i, append] of appends.entries()) {
    const { recordedAt } = append;
    const atMs = recordedAt === undefined ? now() : msOf(recordedAt);
    const pending = taken(append, i, verdicts, atMs);
    if (pending === undefined) continue;
    if (
      batch.length > 0 &&
      (events + pending.events.length > maxBatchEvents || bytes + pending.bytes > maxBatchBytes)
    ) {
      yield batch;
      [batch, events, bytes] = [[], 0, 0];
    }
    batch.push(pending);
    events += pending.events.length;
    bytes += pending.bytes;
  }
  if (batch.length > 0) yield batch;
}

/** Undefined when it was refused before it could be sent. */
function taken(
  append: StreamAppend,
  place: number,
  verdicts: Verdicts,
  nowMs: number,
): Pending | undefined {
  try {
    assertStorable(append.expected, append.events);
    return new BulkPending(append, nowMs, verdicts, place);
  } catch (reason) {
    verdicts[place] = { status: 'rejected', reason };
    return undefined;
  }
}

/** Knows its place among the verdicts, so that no append needs functions of its own. */
class BulkPending implements Pending {
  readonly stream: StreamAppend['stream'];
  readonly expected: StreamAppend['expected'];
  readonly events: StreamAppend['events'];
  readonly next: bigint;
  readonly bytes: number;
  uncertain = false;

  constructor(
    { stream, expected, events }: StreamAppend,
    readonly recordedAtMs: number,
    private readonly verdicts: Verdicts,
    private readonly place: number,
  ) {
    this.stream = stream;
    this.expected = expected;
    this.events = events;
    this.next = nextRevision(expected);
    this.bytes = bytesOf(events);
  }

  resolve(value: Appended): void {
    this.verdicts[this.place] = { status: 'fulfilled', value };
  }

  reject(reason: unknown): void {
    this.verdicts[this.place] = { status: 'rejected', reason };
  }
}
