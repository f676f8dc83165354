import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { CodedError } from '@tributary/kernel';

import { type Command, EXIT } from './command';

const WORKSPACE = resolve(__dirname, '..', '..', '..');

export const start: Command = {
  name: 'start',
  summary: 'run all services in one process, with a PostgreSQL of its own',
  help: readFileSync(join(WORKSPACE, 'apps', 'standalone', 'help.txt'), 'utf8').replaceAll(
    'npm start --',
    'tributary start',
  ),
  run: async (args) => await runScript('start.mjs', args),
};

export const bench: Command = {
  name: 'bench',
  summary: 'measure this machine against the goals, in ratios',
  help: `Usage: tributary bench [options]

The same as: npm run bench -- [options]. Writes only into throwaway servers of its own.

  --check   exit with 1 when a ratio falls below its floor
  --full    larger runs: 1 M and 10 M events`,
  run: async (args) => await runScript('bench.mjs', args),
};

/** In this very process, so that signals and exit code are the script's own. */
async function runScript(name: string, args: readonly string[]): Promise<typeof EXIT.fine> {
  const script = join(WORKSPACE, 'libs', 'tooling', name);
  if (!existsSync(script)) {
    throw new CodedError('script_missing', `${script} is missing; is this a whole checkout?`, {
      script,
    });
  }
  process.argv = [process.execPath, script, ...args];
  await import(pathToFileURL(script).href);
  return (process.exitCode ?? EXIT.fine) as typeof EXIT.fine;
}
