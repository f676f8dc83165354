import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { CodedError } from '@tributary/kernel';

import type { Rebuilding, Rebuilt } from './rebuild';

/** What is told to the thread: that it may begin, and once the log is whole, or will never be. */
export type Told = 'begin' | 'given up' | 'whole';

/** What the thread tells. An error loses its class on the way, so it is told by what it says. */
export type Heard =
  | { readonly tells: 'progress'; readonly through: bigint; readonly head: bigint }
  | { readonly tells: 'rebuilt'; readonly services: readonly Rebuilt[] }
  | { readonly tells: 'failure'; readonly failure: Pick<CodedError, 'code' | 'facts' | 'message'> };

/** Thousands of rows wait for each commit and are dropped after it, so they are given room to be forgotten at once. */
const YOUNG_MB = 64;

/**
 * Fills the tables of every service from a log that grows meanwhile, beside whoever writes it. It touches nothing before something
 * was written: until then the database may turn out to be somebody else's.
 */
export class RebuildThread {
  private readonly worker: Worker;
  private readonly outcome: Promise<readonly Rebuilt[]>;
  private broken: Error | undefined;
  private hasBegun = false;

  constructor(url: string, progress: Rebuilding['progress']) {
    this.worker = new Worker(join(__dirname, 'rebuild.worker.js'), {
      workerData: url,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.outcome = new Promise((resolve, reject) => {
      this.worker.on('message', (heard: Heard) => {
        if (heard.tells === 'progress') progress(heard.through, heard.head);
        else if (heard.tells === 'rebuilt') resolve(heard.services);
        else reject(codedError(heard.failure));
      });
      this.worker.on('error', reject);
      this.worker.on('exit', () => reject(codedError(ENDED)));
    });
    // Whoever waits for it hears of it; until then the log is being written.
    this.outcome.catch((error: Error) => (this.broken = error));
  }

  /** After each stretch of the log that was written. Throws what has stopped it: nobody needs the rest of the log then. */
  written(): void {
    if (this.broken !== undefined) throw this.broken;
    if (!this.hasBegun) this.tell('begin');
    this.hasBegun = true;
  }

  /** Once the log is whole. */
  async finish(): Promise<readonly Rebuilt[]> {
    this.written();
    this.tell('whole');
    return await this.outcome;
  }

  /** Lets go of its connections and leases, whether it has finished or not. */
  async stop(): Promise<void> {
    if (this.worker.threadId < 0) return;
    if (!this.hasBegun) {
      await this.worker.terminate();
      return;
    }
    const ended = new Promise((resolve) => this.worker.once('exit', resolve));
    this.tell('given up');
    await ended;
  }

  private tell(told: Told): void {
    this.worker.postMessage(told);
  }
}

const ENDED = {
  code: 'replay_failed',
  message: 'The thread that fills the tables has ended before its work was done.',
  facts: {},
};

const codedError = ({
  code,
  message,
  facts,
}: Pick<CodedError, 'code' | 'facts' | 'message'>): CodedError =>
  new CodedError(code, message, facts);
