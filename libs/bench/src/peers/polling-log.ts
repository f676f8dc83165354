import type { Batch, EventLog, Filter, Position, Subscription } from '@tributary/event-log';

/** The same log for readers who look every so often and are never called. */
export function pollingLog(log: EventLog, pollMs: number): EventLog {
  return {
    append: (stream, expected, events) => log.append(stream, expected, events),
    appendMany: (appends) => log.appendMany(appends),
    read: (stream, from) => log.read(stream, from),
    readAll: (after, filter) => log.readAll(after, filter),
    readFields: (after, fields, through) => log.readFields(after, fields, through),
    subscribe: (after, filter) => polled(log, pollMs, after, filter),
    head: () => log.head(),
    close: () => log.close(),
  };
}

function polled(log: EventLog, pollMs: number, after: Position, filter?: Filter): Subscription {
  const closing = new AbortController();
  async function* batches(): AsyncGenerator<Batch, void, undefined> {
    for (let through = after; !closing.signal.aborted;) {
      for await (const batch of log.readAll(through, filter)) {
        through = batch.through;
        if (closing.signal.aborted) return;
        yield batch;
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }
  return {
    [Symbol.asyncIterator]: batches,
    close: () => Promise.resolve(closing.abort()),
  };
}
