import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const BEANCOUNT_VERSION = '3.2.3';
const PROBE_LIMIT_MS = 20_000;
const INSTALL_LIMIT_MS = 180_000;
const CHECK_LIMIT_MS = 60_000;
const CACHE = resolve(__dirname, '../../../node_modules/.cache/tributary');

/** A program that others wrote, which reads our books and judges them by its own arithmetic. */
export interface Checker {
  readonly name: string;
  readonly format: 'beancount' | 'hledger';
  /** Why it cannot run on this machine, or undefined where it can. */
  readonly missing: string | undefined;
  /** What it says against a file; empty when it accepts it. */
  complaintsAbout(text: string): string;
}

/** Both of them. With REQUIRE_BOOK_CHECKERS=1 it is an error that one is missing. Synchronous, because a suite decides to skip while it is declared. */
export const bookCheckers = (): readonly Checker[] => [hledger(), beancount()];

function hledger(): Checker {
  const found = answers('hledger', '--version');
  return checker('hledger', 'hledger', found ? undefined : 'hledger is not installed', (file) => [
    'hledger',
    '-f',
    file,
    'check',
    '--strict',
    'ordereddates',
  ]);
}

function beancount(): Checker {
  if (answers('bean-check', '--version'))
    return checker('beancount', 'beancount', undefined, (file) => [
      'bean-check',
      '--no-cache',
      file,
    ]);
  const environment = join(CACHE, `beancount-${BEANCOUNT_VERSION}`);
  const missing = existsSync(environment) ? undefined : installInto(environment);
  // By its module, because the script in a virtual environment names the folder where that was made.
  const python = join(environment, 'bin', 'python');
  return checker('beancount', 'beancount', missing, (file) => [
    python,
    '-m',
    'beancount.scripts.check',
    '--no-cache',
    file,
  ]);
}

/** One rename, so that a folder under this name is complete; whoever comes second finds the same there. */
function installInto(environment: string): string | undefined {
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'installing-'));
  try {
    const made = run(INSTALL_LIMIT_MS, 'python3', '-m', 'venv', work);
    if (made.status !== 0) return 'no Python 3 with venv';
    const pip = join(work, 'bin', 'python');
    const requirement = `beancount==${BEANCOUNT_VERSION}`;
    const installed = run(INSTALL_LIMIT_MS, pip, '-m', 'pip', 'install', '--quiet', requirement);
    if (installed.status !== 0)
      return `pip could not install beancount ${BEANCOUNT_VERSION}: ${installed.stderr.trim().split('\n').at(-1) ?? ''}`;
    if (!existsSync(environment)) renameSync(work, environment);
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function checker(
  name: string,
  format: Checker['format'],
  missing: string | undefined,
  commandOf: (file: string) => readonly [string, ...string[]],
): Checker {
  if (missing !== undefined && process.env['REQUIRE_BOOK_CHECKERS'] === '1')
    throw new Error(`${name} is required here: ${missing}.`);
  return {
    name,
    format,
    missing,
    complaintsAbout(text) {
      const folder = mkdtempSync(join(tmpdir(), 'tributary-books-'));
      try {
        const file = join(folder, `books.${format}`);
        writeFileSync(file, text);
        const { status, stdout, stderr, error } = run(CHECK_LIMIT_MS, ...commandOf(file));
        if (error) throw error;
        return status === 0 ? '' : `${stdout}${stderr}` || `exit code ${status}`;
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

const answers = (command: string, ...args: string[]): boolean =>
  run(PROBE_LIMIT_MS, command, ...args).status === 0;

const run = (timeout: number, command: string, ...args: string[]) =>
  spawnSync(command, args, {
    encoding: 'utf8',
    timeout,
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
