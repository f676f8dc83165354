import { setImmediate } from 'node:timers/promises';

/** Work on a large file that may be interrupted wherever it yields. */
export type Turns<T> = Generator<undefined, T>;

/** What others may wait for it. Each turn lets all of them have theirs, which under load is several times as long. */
const TURN_MS = 10;

export function atOnce<T>(work: Turns<T>): T {
  let step = work.next();
  while (step.done !== true) step = work.next();
  return step.value;
}

/** The same for a service, which answers others in between. */
export async function inTurns<T>(work: Turns<T>): Promise<T> {
  let begunMs = performance.now();
  let step = work.next();
  while (step.done !== true) {
    if (performance.now() - begunMs >= TURN_MS) {
      await setImmediate();
      begunMs = performance.now();
    }
    step = work.next();
  }
  return step.value;
}
