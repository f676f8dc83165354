import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import lockfile from './lockfile.cjs';
import { ROOT, runNode } from './run.mjs';
import sources from './sources.cjs';

const tool = (...args) => runNode(args, { beside: true });

/** The short ones, in the order in which a finding is cheapest to mend. */
const QUICK = [
  {
    name: 'format',
    // What it remembers of a file is the hash of its content, so a warm run answers as a cold one.
    run: () =>
      tool(
        'node_modules/prettier/bin/prettier.cjs',
        ...['--check', '--log-level', 'warn', '--cache', '--cache-strategy', 'content', '.'],
      ),
  },
  { name: 'types', run: () => tool('node_modules/typescript7/bin/tsc', '-p', 'tsconfig.json') },
  {
    name: 'boundaries',
    run: () =>
      tool(
        'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
        ...['--output-type', 'err', ...sources.SOURCES],
      ),
  },
  { name: 'lockfile', run: checkLockfile },
];

/** One process for the whole workspace: the program of all types is loaded once, which is faster than sixteen cached tasks. */
const LINT = {
  name: 'lint',
  run: () => tool('node_modules/eslint/bin/eslint.js', '--max-warnings', '0', '.'),
};

/**
 * Everything but the tests: all of them also after a failure. Lint takes longer than the others together and uses one core, so
 * they run beside it, and so does what may begin after them.
 */
export async function runChecks(then = () => undefined) {
  const failed = [];
  const run = async (checks) => {
    for (const check of checks) if (!(await succeeds(check))) failed.push(check.name);
  };
  await Promise.all([run([LINT]), run(QUICK).then(then)]);
  return { passed: QUICK.length + 1 - failed.length, failed };
}

async function succeeds({ name, run }) {
  const startedMs = Date.now();
  const succeeded = await run();
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  console.log(`${succeeded ? 'passed' : 'FAILED'}  ${name} (${seconds} s)`);
  return succeeded;
}

async function checkLockfile() {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const faults = lockfile.lockfileFaults(lock);
  for (const fault of faults) console.error(`package-lock.json: ${fault}`);
  return faults.length === 0;
}
