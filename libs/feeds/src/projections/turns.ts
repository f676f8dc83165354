import { setImmediate } from 'node:timers/promises';

let last: Promise<unknown> = Promise.resolve();

/**
 * The projections of a process are handed the same events at the same time. One after another without a break, they keep it from hearing
 * what the database has answered, and the database from having something to do. Between two turns it is heard.
 */
export function turn(): Promise<unknown> {
  last = last.then(() => setImmediate());
  return last;
}
