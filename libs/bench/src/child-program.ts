import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const START_LIMIT_MS = 300_000;
const STOP_LIMIT_MS = 60_000;

/** A program of its own, which says in a line of its output when it is ready. */
export class ChildProgram {
  private constructor(
    private readonly child: ChildProcess,
    /** What the pattern caught in that line. */
    readonly said: string,
  ) {}

  static async start(
    args: readonly string[],
    ready: RegExp,
    env: Readonly<Record<string, string>> = {},
  ): Promise<ChildProgram> {
    const child = spawn(process.execPath, [...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const lines: string[] = [];
    let timer: NodeJS.Timeout | undefined;
    try {
      const said = await new Promise<string>((resolve, reject) => {
        const look = (line: string) => {
          lines.push(line);
          const match = ready.exec(line);
          if (match) resolve(match[1] ?? line);
        };
        for (const input of [child.stdout, child.stderr])
          createInterface({ input }).on('line', look);
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
