import { isAscii } from 'node:buffer';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { CodedError } from '@tributary/kernel';

import { type SliceSeen, lookAt } from './slice';

/** Most logs are plain ASCII, which needs no decoding. */
export function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isAscii(buffer) ? buffer.toString('latin1') : buffer.toString('utf8');
}

/** Below this, starting threads would take longer than looking. */
const ENOUGH_BYTES = 8 * 1024 * 1024;

/** What each slice shows, in their order; on as many processors as there are, a few slices ahead of who asks. */
export async function* seenIn(
  slices: AsyncIterable<Buffer>,
  bytes: number,
  sizes: readonly number[],
  enoughBytes = ENOUGH_BYTES,
): AsyncGenerator<SliceSeen | undefined, void, undefined> {
  if (bytes < enoughBytes) {
    for await (const slice of slices) yield lookAt(textOf(slice), sizes);
    return;
  }
  const threads = Array.from({ length: availableParallelism() }, () => new Thread());
  const waiting: Promise<SliceSeen | undefined>[] = [];
  try {
    let next = 0;
    for await (const slice of slices) {
      const thread = threads[next++ % threads.length] as Thread;
      const seen = thread.look(slice, sizes);
      // It is waited for in its turn, which may never come.
      seen.catch(Boolean);
      waiting.push(seen);
      if (waiting.length > 2 * threads.length) yield await waiting.shift();
    }
    for (const seen of waiting) yield await seen;
  } finally {
    await Promise.all(threads.map((thread) => thread.stop()));
  }
}

/** Nothing that a slice brings outlives it, so it is given room to be forgotten at once. */
const YOUNG_MB = 32;

/** Answers in the order in which it was asked. */
class Thread {
  private readonly worker = new Worker(join(__dirname, 'look.worker.js'), {
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  private readonly asked: {
    readonly resolve: (seen: SliceSeen | undefined) => void;
    readonly reject: (error: unknown) => void;
  }[] = [];

  constructor() {
    this.worker.on('message', (seen: SliceSeen | undefined) => this.asked.shift()?.resolve(seen));
    this.worker.on('error', (error) => this.giveUp(error));
  }

  /** The slice is given away. */
  look(slice: Buffer, sizes: readonly number[]): Promise<SliceSeen | undefined> {
    this.worker.postMessage({ bytes: slice, sizes }, [slice.buffer as ArrayBuffer]);
    return new Promise((resolve, reject) => this.asked.push({ resolve, reject }));
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
    this.giveUp(new CodedError('thread_stopped', 'Nobody asks any more.'));
  }

  private giveUp(error: unknown): void {
    for (const { reject } of this.asked.splice(0)) reject(error);
  }
}
