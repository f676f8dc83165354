import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);
const LIMIT_MS = 15_000;

export type Area = 'run' | 'keep' | 'test' | 'deploy';

/** What was looked at on this machine. */
export interface Finding {
  readonly name: string;
  readonly area: Area;
  readonly ok: boolean;
  /** Without it nothing can be started. Anything else costs a test or a comfort. */
  readonly required: boolean;
  readonly found: string;
  /** What to do about it; only when it is not ok. */
  readonly mend?: string;
}

/** What a program says when it is asked, or undefined when there is none that answers. */
export async function answerOf(
  program: string,
  ...args: readonly string[]
): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(program, [...args], { timeout: LIMIT_MS });
    return (stdout.trim() || stderr.trim()).split('\n')[0] ?? '';
  } catch (error) {
    const { code, killed } = error as { code?: unknown; killed?: boolean };
    // Not there, not allowed, slower than we wait, or answered that it cannot: all mean that we cannot use it.
    if (typeof code === 'string' || typeof code === 'number' || killed) return undefined;
    throw error;
  }
}

/** Whether somebody listens there. */
export async function reaches(host: string, port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host, port, timeout: LIMIT_MS });
    const done = (reached: boolean): void => {
      socket.destroy();
      resolve(reached);
    };
    socket.once('connect', () => done(true));
    socket.once('timeout', () => done(false));
    socket.once('error', () => done(false));
  });
}

/** The finding, with its advice only where it is needed. */
export const finding = ({
  mend,
  ...rest
}: Omit<Finding, 'mend'> & { readonly mend: string }): Finding =>
  rest.ok ? rest : { ...rest, mend };
