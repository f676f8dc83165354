import { setImmediate } from 'node:timers/promises';

let last: Promise<unknown> = Promise.resolve();

/**
 * All projections of a service are handed the same events at the same time. One after another without a break, they keep the process
 * from hearing what the database has answered, and the database from having something to do. In between of two turns it is heard.
 */
export function turn(): Promise<unknown> {
  last = last.then(() => setImmediate());
  return last;
}
