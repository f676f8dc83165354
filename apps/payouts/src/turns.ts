import { setImmediate } from 'node:timers/promises';

/** Work on a large file that may be interrupted wherever it yields. */
export type Turns<T> = Generator<undefined, T>;

export function atOnce<T>(work: Turns<T>): T {
  let step = work.next();
  while (step.done !== true) step = work.next();
  return step.value;
}

/** The same for a service, which answers others in between. */
export async function inTurns<T>(work: Turns<T>): Promise<T> {
  let step = work.next();
  while (step.done !== true) {
    await setImmediate();
    step = work.next();
  }
  return step.value;
}
