import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const REGISTER = join(__dirname, '../../../libs/testing/register-typescript.cjs');
const PROGRAM = join(__dirname, 'product-process.fixture.ts');
const REMEMBERED_LINES = 40;
const START_ATTEMPTS = 5;

export interface Site {
  readonly url: string;
  readonly keys: Readonly<
    Record<'admin' | 'finance' | 'programme' | 'treasurer' | 'upstream', string>
  >;
}

/** All services in one process that can be killed and started again; its port and its keys differ each time. */
export class Product {
  private child: ChildProcess | undefined;
  private current: Promise<Site> = Promise.reject(new Error('The product was never started.'));
  private readonly heard: string[] = [];

  constructor(private readonly variables: Readonly<Record<string, string>>) {
    this.current.catch(Boolean);
  }

  /** Where it answers; while it starts, waits until it does. */
  site(): Promise<Site> {
    return this.current;
  }

  async start(): Promise<void> {
    this.current = this.launchPatiently();
    this.current.catch(Boolean);
    await this.current;
  }

  /** As a crash would: nothing is finished, closed or told. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Gives its exit code. */
  async stop(): Promise<number | null> {
    return await this.end('SIGTERM');
  }

  /** What it said last, for a test that fails. */
  lastWords(): string {
    return this.heard.join('\n');
  }

  private async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined) return null;
    if (child.exitCode === null && child.signalCode === null) {
      // Not `exit`: what it said last may still be on its way then.
      const ended = once(child, 'close');
      child.kill(signal);
      await ended;
    }
    return child.exitCode;
  }

  /** A start may meet a database that is still recovering; whoever runs a service starts it again then. */
  private async launchPatiently(): Promise<Site> {
    for (let attempt = 1; ; attempt++) {
      const [outcome] = await Promise.allSettled([this.launch()]);
      if (outcome.status === 'fulfilled') return outcome.value;
      if (attempt >= START_ATTEMPTS) throw outcome.reason as Error;
    }
  }

  private launch(): Promise<Site> {
    const child = spawn(process.execPath, ['-r', REGISTER, PROGRAM], {
      env: { ...process.env, ...this.variables, HOST: '127.0.0.1', PORT: '0' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child = child;
    return new Promise((resolve, reject) => {
      for (const output of [child.stdout, child.stderr]) {
        createInterface({ input: output }).on('line', (line) => {
          if (line.startsWith('{"url"')) resolve(JSON.parse(line) as Site);
          else this.remember(line);
        });
      }
      child.once('exit', (code, signal) =>
        reject(new Error(`The product ended with ${signal ?? code}:\n${this.lastWords()}`)),
      );
    });
  }

  private remember(line: string): void {
    this.heard.push(line);
    if (this.heard.length > REMEMBERED_LINES) this.heard.shift();
  }
}
