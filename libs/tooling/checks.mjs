import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import lockfile from './lockfile.cjs';
import { ROOT, runNode } from './run.mjs';
import sources from './sources.cjs';

/** Everything but the tests, in the order in which a finding is cheapest to mend. */
export const CHECKS = [
  {
    name: 'format',
    run: () =>
      runNode(['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.']),
  },
  {
    name: 'types',
    run: () => runNode(['node_modules/typescript7/bin/tsc', '-p', 'tsconfig.json']),
  },
  // One process for the whole workspace: the program of all types is loaded once, which is faster than sixteen cached tasks.
  {
    name: 'lint',
    run: () => runNode(['node_modules/eslint/bin/eslint.js', '--max-warnings', '0', '.']),
  },
  {
    name: 'boundaries',
    run: () =>
      runNode([
        'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
        '--output-type',
        'err',
        ...sources.SOURCES,
      ]),
  },
  { name: 'lockfile', run: checkLockfile },
];

/** Runs all of them also after a failure, and answers how many passed and failed. */
export async function runChecks() {
  const failed = [];
  for (const { name, run } of CHECKS) {
    const startedMs = Date.now();
    const succeeded = await run();
    if (!succeeded) failed.push(name);
    const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
    console.log(`${succeeded ? 'passed' : 'FAILED'}  ${name} (${seconds} s)`);
  }
  return { passed: CHECKS.length - failed.length, failed };
}

async function checkLockfile() {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const faults = lockfile.lockfileFaults(lock);
  for (const fault of faults) console.error(`package-lock.json: ${fault}`);
  return faults.length === 0;
}
