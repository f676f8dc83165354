import { hasCode } from '../coded-error';
import type { Rejected } from '../decider';
import { unavailable } from '../stream-log';
import type { FreshCommand, FreshOutcomes } from './fresh-commands';
import type { Outcome } from './outcome';

/**
 * Two bulks on their way, neither too large: while one is being written, the next is put together and the one before is answered.
 * All in one bulk, callers that are answered together would come again together, and one side would always wait for the other.
 */
const IN_FLIGHT = 2;
const MOST_TOGETHER = 128;

interface Waiting<C, R> {
  readonly command: FreshCommand<C>;
  readonly resolve: (outcome: Outcome<R> | Promise<Outcome<R>>) => void;
  readonly reject: (error: unknown) => void;
}

/** Commands that come one by one leave at once while there is room, and otherwise as one bulk with whatever comes meanwhile. */
export class FreshQueue<C, R extends Rejected> {
  private waiting: Waiting<C, R>[] = [];
  private inFlight = 0;
  private isAboutToSend = false;

  constructor(
    private readonly start: (commands: readonly FreshCommand<C>[]) => Promise<FreshOutcomes<R>>,
    private readonly limit: number,
  ) {}

  run(command: FreshCommand<C>): Promise<Outcome<R>> {
    return new Promise((resolve, reject) => {
      if (this.waiting.length >= this.limit) throw unavailable('A place in the command queue');
      this.waiting.push({ command, resolve, reject });
      if (this.isAboutToSend || this.inFlight >= IN_FLIGHT) return;
      this.isAboutToSend = true;
      // Whoever comes in this very turn comes along.
      queueMicrotask(() => this.send());
    });
  }

  private send(): void {
    this.isAboutToSend = false;
    while (this.inFlight < IN_FLIGHT && this.waiting.length > 0) {
      this.inFlight += 1;
      void this.settle(this.waiting.splice(0, MOST_TOGETHER)).then((failure) => {
        this.inFlight -= 1;
        // Who waits behind a log that cannot be reached would wait as long again, each bulk after the other.
        if (hasCode(failure, 'unavailable'))
          for (const { reject } of this.waiting.splice(0)) reject(failure);
        this.send();
      });
    }
  }

  /** Never rejects; answers why one of them failed, if so. Nobody waits for those whose streams are read. */
  private async settle(taken: readonly Waiting<C, R>[]): Promise<unknown> {
    let failure: unknown;
    try {
      const { settled, running } = await this.start(taken.map(({ command }) => command));
      for (const [i, { resolve, reject }] of taken.entries()) {
        const outcome = settled[i];
        if (outcome === undefined) resolve(running.get(i) as Promise<Outcome<R>>);
        else if (outcome.status === 'fulfilled') resolve(outcome.value);
        else reject((failure = outcome.reason));
      }
    } catch (error) {
      failure = error;
      for (const { reject } of taken) reject(error);
    }
    return failure;
  }
}
