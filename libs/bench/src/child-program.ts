import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const START_LIMIT_MS = 300_000;
const STOP_LIMIT_MS = 60_000;

const LOOK_EVERY_MS = 50;

/** What the program says when it is ready, of which the pattern catches what matters; or, of a silent one, how to ask for it. */
export type Readiness = RegExp | (() => Promise<string | undefined>);

/** A program of its own. */
export class ChildProgram {
  private constructor(
    private readonly child: ChildProcess,
    /** What it said, or what it was asked for. */
    readonly said: string,
  ) {}

  static async start(
    args: readonly string[],
    ready: Readiness,
    env: Readonly<Record<string, string>> = {},
  ): Promise<ChildProgram> {
    // Under the flags of the bench itself, so that a flag can be tried on both.
    const child = spawn(process.execPath, [...process.execArgv, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const endWithUs = () => child.kill('SIGKILL');
    process.once('exit', endWithUs);
    child.once('exit', () => process.off('exit', endWithUs));
    const lines: string[] = [];
    let timer: NodeJS.Timeout | undefined;
    let asking: NodeJS.Timeout | undefined;
    const outputs = [child.stdout, child.stderr].map((input) => createInterface({ input }));
    try {
      const said = await new Promise<string>((resolve, reject) => {
        const look = (line: string) => {
          lines.push(line);
          const match = ready instanceof RegExp ? ready.exec(line) : null;
          if (match) resolve(match[1] ?? line);
        };
        for (const output of outputs) output.on('line', look);
        const ask = async () => {
          const answer = ready instanceof RegExp ? undefined : await ready();
          if (answer !== undefined) resolve(answer);
        };
        asking = setInterval(() => void ask().catch(reject), LOOK_EVERY_MS);
        timer = setTimeout(() => reject(new Error('not ready in time')), START_LIMIT_MS);
        child.once('error', reject);
        child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
      });
      return new ChildProgram(child, said);
    } catch (error) {
      child.kill('SIGKILL');
      const { message } = error as Error;
      throw new Error([`${args.join(' ')}: ${message}`, ...lines].join('\n'), { cause: error });
    } finally {
      clearTimeout(timer);
      clearInterval(asking);
      // What it says from here on is let through unread: looking at its lines would be work of ours while it is measured.
      for (const output of outputs) output.close();
      child.stdout.resume();
      child.stderr.resume();
    }
  }

  /** Undefined where the system does not tell. */
  residentMb(): number | undefined {
    const status = `/proc/${this.child.pid}/status`;
    if (!existsSync(status)) return undefined;
    const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'));
    return match ? Number(match[1]) / 1024 : undefined;
  }

  /** Asks it to end, and does not ask twice. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(timer);
  }
}
