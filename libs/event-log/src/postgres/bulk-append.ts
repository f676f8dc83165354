import {
  type Appended,
  type Instant,
  type StreamAppend,
  msOf,
  unavailable,
} from '@tributary/kernel';
import type { BatchWriter } from './batch-writer';
import { type Pending, pendingOf } from './pending';

export interface BulkAppendOptions {
  readonly writer: BatchWriter;
  readonly now: () => number;
  readonly maxBatchEvents: number;
  readonly maxBatchBytes: number;
  /** With two, the next batch is put together while one is written, and may overtake it; with one, the order stays. */
  readonly inFlight: 1 | 2;
}

/** `recordedAt`: of a copy, as the other log has it. */
type Bulk = StreamAppend & { readonly recordedAt?: Instant };

/** For backfill: the same calls and the same lock as single appends, in larger batches. */
export async function bulkAppend(
  appends: readonly Bulk[],
  options: BulkAppendOptions,
): Promise<readonly PromiseSettledResult<Appended>[]> {
  const verdicts: PromiseSettledResult<Appended>[] = new Array<PromiseSettledResult<Appended>>(
    appends.length,
  );
  const inFlight = new Map<Promise<void>, ReadonlySet<string>>();
  let failure: unknown;
  for (const batch of batchesOf(appends, verdicts, options)) {
    const streams = new Set(batch.map(({ stream }) => stream));
    // Batches that continue a stream keep their order; others may overtake each other.
    for (const [writing, others] of inFlight) if (overlap(streams, others)) await writing;
    if (inFlight.size >= options.inFlight) await Promise.race(inFlight.keys());
    if (failure !== undefined) {
      for (const { reject } of batch) reject(unavailable('The event log', failure));
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
  let left = batch;
  while (left.length > 0) {
    const { doubtful, failure } = await writer.write(left);
    if (failure !== undefined) return failure;
    left = await writer.judge(doubtful);
  }
  return undefined;
}

function overlap(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  for (const one of some) if (others.has(one)) return true;
  return false;
}

function* batchesOf(
  appends: readonly Bulk[],
  verdicts: PromiseSettledResult<Appended>[],
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
  i: number,
  verdicts: PromiseSettledResult<Appended>[],
  nowMs: number,
): Pending | undefined {
  const reject = (reason: unknown): void => {
    verdicts[i] = { status: 'rejected', reason };
  };
  const resolve = (value: Appended): void => {
    verdicts[i] = { status: 'fulfilled', value };
  };
  try {
    return pendingOf(append, nowMs, { resolve, reject });
  } catch (error) {
    reject(error);
    return undefined;
  }
}
