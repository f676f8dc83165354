import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CodedError, hasCode } from '@tributary/kernel';
import {
  letObjectsDieYoung,
  processSettings,
  stopOnSignals,
  StructuredLogger,
} from '@tributary/platform';

import { readOptions } from './options';
import { QUIET, startServices } from './services';
import { Standalone } from './standalone';
import { welcomeText } from './welcome';

const say = (line: string): void => console.error(line);
const exit = (code: number): never => process.exit(code);

async function main(): Promise<void> {
  letObjectsDieYoung();
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.help) {
    console.log(readFileSync(join(__dirname, '..', 'help.txt'), 'utf8'));
    return;
  }
  const { LOG_LEVEL: level, STOP_LIMIT_MS: limitMs } = processSettings.read({
    ...QUIET,
    ...options.variables,
  });
  const program = new Standalone(options, say);
  const logger = new StructuredLogger({ service: 'standalone', level });
  const stop = stopOnSignals(program, {
    ...{ events: process, exit, now: Date.now, logger, limitMs },
    onBegun: (signal) => say(`${signal}: finishing what has begun. Ctrl-C again ends at once.`),
  });
  process.on('uncaughtException', (error: Error) => {
    say(`Stopping after an error that nobody caught: ${error.stack}`);
    void stop.begin(1);
  });
  const running = await program.start(startServices);
  if (running === undefined) return;
  const startedInMs = Math.round(process.uptime() * 1000);
  console.log(welcomeText({ ...running, dataDirectory: options.dataDirectory, startedInMs }));
}

main().catch((error: unknown) => {
  // What has a code has been put into words for whoever reads it; anything else is a defect, which needs its place.
  say(error instanceof CodedError ? error.message : ((error as Error).stack ?? String(error)));
  exit(hasCode(error, 'invalid_option') ? 2 : 1);
});
