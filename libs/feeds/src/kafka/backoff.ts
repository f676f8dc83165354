import { pause } from '../wake';

const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/** Waits longer after each failure in a row, by a random part, so that a thousand clients do not come back at once. */
export class Backoff {
  private failures = 0;

  constructor(private readonly random: () => number = Math.random) {}

  /** How many times in a row it went wrong. */
  get attempts(): number {
    return this.failures;
  }

  succeeded(): void {
    this.failures = 0;
  }

  nextMs(): number {
    const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(this.failures, 10));
    this.failures++;
    return Math.round(ceiling * (0.5 + this.random() / 2));
  }

  async wait(signal: AbortSignal): Promise<void> {
    await pause(this.nextMs(), signal);
  }
}

/** Whether the work came to its end within the time; it is not stopped by this. */
export async function within(limitMs: number, work: Promise<unknown>): Promise<boolean> {
  const over = new AbortController();
  try {
    return await Promise.race([
      work.then(() => true),
      pause(limitMs, over.signal).then(() => false),
    ]);
  } finally {
    over.abort();
  }
}

/** Repeats until it works, so that order is kept through any outage; false when it was told to give up. */
export async function insist(
  work: () => Promise<void>,
  backoff: Backoff,
  signal: AbortSignal,
  observer: { failed(error: unknown): void },
): Promise<boolean> {
  while (!signal.aborted) {
    try {
      await work();
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      observer.failed(error);
      await backoff.wait(signal);
    }
  }
  return false;
}
