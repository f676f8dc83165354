import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const REGISTER = join(__dirname, '../../../libs/testing/register-typescript.cjs');
const MAIN = join(__dirname, '../src/main.ts');

/** What `npm start` runs, in a process of its own, with a PostgreSQL of its own. */
export class Program {
  readonly said: string[] = [];
  /** Its exit code, or the signal that it ended by. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  private readonly child: ChildProcess;

  constructor(dataDirectory: string, variables: Readonly<Record<string, string>>) {
    const args = ['--data-dir', dataDirectory, '--port', '0', '--empty'];
    this.child = spawn(process.execPath, ['-r', REGISTER, MAIN, ...args], {
      env: { ...process.env, DATABASE_URL: '', ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const output of [this.child.stdout, this.child.stderr])
      if (output) createInterface({ input: output }).on('line', (line) => this.said.push(line));
    this.ended = new Promise((resolve) =>
      // Not `exit`: what it said last may still be on its way then.
      this.child.once('close', (code, signal) => resolve(signal ?? code)),
    );
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }
}
