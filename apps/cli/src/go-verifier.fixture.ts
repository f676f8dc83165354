import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const SOURCE = resolve(__dirname, '..', 'verify-go');
const CACHE = resolve(__dirname, '../../../node_modules/.cache/tributary');
const BUILD_LIMIT_MS = 300_000;
const RUN_LIMIT_MS = 60_000;

export interface GoVerifier {
  /** Why it cannot run on this machine, or undefined where it can. */
  readonly missing: string | undefined;
  run(...args: readonly string[]): { readonly code: number | null; readonly said: string };
}

/**
 * The second program that checks what we sign, built with Go's own packages. With REQUIRE_GO=1 it is an error that it cannot be
 * built. Synchronous, because a suite decides to skip while it is declared.
 */
export function goVerifier(): GoVerifier {
  const program = join(CACHE, 'verify-go');
  mkdirSync(CACHE, { recursive: true });
  const built = spawnSync('go', ['build', '-o', program, '.'], {
    cwd: SOURCE,
    encoding: 'utf8',
    timeout: BUILD_LIMIT_MS,
  });
  const missing =
    built.status === 0
      ? undefined
      : `the Go program cannot be built: ${built.error?.message ?? built.stderr.trim()}`;
  if (missing !== undefined && process.env['REQUIRE_GO'] === '1') throw new Error(missing);
  return {
    missing,
    run(...args) {
      const { status, stdout, stderr } = spawnSync(program, args, {
        encoding: 'utf8',
        timeout: RUN_LIMIT_MS,
      });
      return { code: status, said: `${stdout}${stderr}` };
    },
  };
}
