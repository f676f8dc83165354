// `npm test`: the checks, then every test of every project, then one line that counts them all.
// `--crash` runs the long crash specs instead.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled } from './ensure-installed.mjs';
import results from './results.cjs';
import { ROOT, runNode } from './run.mjs';

const { closingLine, crashSpecs, sumResults, testedProjects } = results;
const JEST = 'node_modules/jest/bin/jest.js';
const NX = 'node_modules/nx/dist/bin/nx.js';
/** A run against servers that somebody else keeps says nothing about the next run. */
const FOREIGN_SERVERS = ['KAFKA_BROKERS', 'EVENTSTORE_URL', 'TEST_DATABASE_URL'];
const TESTS_TIMEOUT_MS = 35 * 60_000;
const CRASH_TIMEOUT_MS = 90 * 60_000;

const crash = process.argv.includes('--crash');
await ensureInstalled();
const total = crash ? await crashRuns() : await checksAndTests();
report(total);

async function checksAndTests() {
  const { runChecks } = await import('./checks.mjs');
  const folder = join(ROOT, 'dist/tests');
  rmSync(folder, { recursive: true, force: true });
  let succeeded = false;
  const checks = await runChecks(async () => (succeeded = await withPostgres(runTests)));
  const tests = withVerdict(sumResults(folder, testedProjects(ROOT)), succeeded);
  return {
    ...tests,
    passed: tests.passed + checks.passed,
    failed: tests.failed + checks.failed.length,
    failedChecks: checks.failed,
  };
}

/** Three beside one another on two cores: there is always one that waits for a server or a broker. */
function runTests(databaseUrl) {
  const fresh = FOREIGN_SERVERS.some((name) => process.env[name]) ? ['--skip-nx-cache'] : [];
  const args = [NX, 'run-many', '-t', 'test', '--parallel=3', '--outputStyle=static', ...fresh];
  const env = { TEST_RUN_DATABASE_URL: databaseUrl };
  return runNode(args, { env, timeoutMs: TESTS_TIMEOUT_MS });
}

/** One PostgreSQL for the whole run: every file of tests has databases of its own on it. It ends when its input does, also when we die. */
async function withPostgres(work) {
  const keeper = spawn(
    process.execPath,
    ['-r', './libs/testing/register-typescript.cjs', 'libs/testing/src/keep-postgres.ts'],
    // A group of its own: Ctrl-C is for the tests, which still need it to end in order.
    { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'], detached: true },
  );
  const ended = once(keeper, 'exit');
  try {
    const said = await Promise.race([once(keeper.stdout, 'data'), ended.then(() => undefined)]);
    if (said === undefined) throw new Error('PostgreSQL for the tests did not start.');
    return await work(String(said[0]).trim());
  } finally {
    keeper.stdin.end();
    await ended;
  }
}

async function crashRuns() {
  const folder = join(ROOT, 'dist/tests-crash');
  rmSync(folder, { recursive: true, force: true });
  const projects = testedProjects(ROOT).filter((project) => crashSpecs(ROOT, project).length > 0);
  let succeeded = true;
  for (const project of projects) {
    const args = [JEST, '--rootDir', project, '--testPathPatterns', '\\.crash\\.spec\\.ts$'];
    const one = await runNode(args, { env: { CRASH: '1' }, timeoutMs: CRASH_TIMEOUT_MS });
    succeeded = succeeded && one;
  }
  return withVerdict(sumResults(folder, projects), succeeded);
}

/** A run that failed without a failed test (a leaked handle, a broken configuration) must not pass for green. */
function withVerdict(sum, succeeded) {
  return succeeded || sum.failed > 0 ? sum : { ...sum, failed: 1, crashed: ['the test runner'] };
}

function report({ passed, failed, skipped, crashed, failedChecks = [] }) {
  console.log('');
  if (skipped.length > 0) console.log(`Skipped:\n${skipped.map((test) => `  ${test}`).join('\n')}`);
  if (failedChecks.length > 0) console.log(`Failed checks: ${failedChecks.join(', ')}`);
  if (crashed.length > 0) console.log(`Ended without a result: ${crashed.join(', ')}`);
  console.log(closingLine({ passed, failed, skipped: skipped.length }));
  process.exitCode = failed === 0 ? 0 : 1;
}
