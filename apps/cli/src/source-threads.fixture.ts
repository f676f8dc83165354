import { join } from 'node:path';
import type * as Threads from 'node:worker_threads';

const REGISTER = join(__dirname, '../../../libs/testing/register-typescript.cjs');

/** `node:worker_threads` for tests: nothing is built when they run, so threads of ours are started from their source. */
export function sourceThreads(): typeof Threads {
  const actual = jest.requireActual<typeof Threads>('node:worker_threads');
  class Worker extends actual.Worker {
    constructor(file: string, options: Threads.WorkerOptions) {
      super(file.replace(/\.worker\.js$/, '.worker.ts'), {
        ...options,
        execArgv: ['-r', REGISTER],
      });
    }
  }
  return { ...actual, Worker };
}
