import { setTimeout } from 'node:timers/promises';

import type { Batch, EventLog, Subscription } from '@tributary/event-log';

const PAUSE_MS = 2_000;

/**
 * A log that is being filled, for those who fill tables from it: whoever has caught up lets it grow for a while before he looks
 * again. Each of dozens of projections would otherwise commit whenever a few events more stand there, which takes all of them
 * longer than what they do. Nobody waits once the log is whole.
 */
export function inStretches(log: EventLog, whole: Promise<unknown>, pauseMs = PAUSE_MS): EventLog {
  return {
    append: (...given) => log.append(...given),
    appendMany: (...given) => log.appendMany(...given),
    read: (...given) => log.read(...given),
    readAll: (...given) => log.readAll(...given),
    readFields: (...given) => log.readFields(...given),
    head: () => log.head(),
    close: () => log.close(),
    subscribe: (...given) => unhurried(log.subscribe(...given), whole, pauseMs),
  };
}

function unhurried(
  subscription: Subscription,
  whole: Promise<unknown>,
  pauseMs: number,
): Subscription {
  async function* batches(): AsyncGenerator<Batch, void, undefined> {
    for await (const batch of subscription) {
      yield batch;
      // Not referenced: nobody may be kept from ending by what he no longer waits for.
      if (batch.caughtUp)
        await Promise.race([whole, setTimeout(pauseMs, undefined, { ref: false })]);
    }
  }
  return { close: () => subscription.close(), [Symbol.asyncIterator]: batches };
}
