/** Tells waiting parts of this process that something has moved. The count closes the gap between looking and waiting. */
export class Wake {
  private rings = 0;
  private readonly waiting = new Set<() => void>();

  get count(): number {
    return this.rings;
  }

  ring(): void {
    this.rings++;
    for (const resume of [...this.waiting]) resume();
  }

  /** Resolves at the first ring after `seen`, after the time, or when told to stop. */
  after(seen: number, timeoutMs: number, stop?: AbortSignal): Promise<void> {
    if (this.rings !== seen || stop?.aborted === true || timeoutMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const resume = () => {
        clearTimeout(timer);
        this.waiting.delete(resume);
        stop?.removeEventListener('abort', resume);
        resolve();
      };
      const timer = setTimeout(resume, timeoutMs);
      this.waiting.add(resume);
      stop?.addEventListener('abort', resume);
    });
  }
}

/** A sleep that a stop cuts short. */
export const pause = (ms: number, stop?: AbortSignal): Promise<void> =>
  new Wake().after(0, ms, stop);

/** Also when that has happened before. */
export function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** Doubles up to a ceiling. */
export const backoffMs = (failures: number, maxMs = 10_000): number =>
  Math.min(maxMs, 50 * 2 ** Math.min(failures, 20));
