import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CodedError, hasCode } from '@tributary/kernel';

import { readOptions } from './options';
import { startServices } from './services';
import { stopOnSignals } from './signals';
import { Standalone } from './standalone';
import { welcomeText } from './welcome';

const say = (line: string): void => console.error(line);
const exit = (code: number): never => process.exit(code);

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.help) {
    console.log(readFileSync(join(__dirname, '..', 'help.txt'), 'utf8'));
    return;
  }
  const program = new Standalone(options, say);
  stopOnSignals(program, { events: process, say, exit, now: Date.now });
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
