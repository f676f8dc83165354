// `npm start`: on a machine with Node and npm only, installs and builds what is missing, then runs all services in this process.
import { readFileSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { ensureInstalled } from './ensure-installed.mjs';

const help = new URL('../../apps/standalone/help.txt', import.meta.url);
if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
  console.log(readFileSync(help, 'utf8'));
} else {
  await ensureInstalled();
  const { ensureBuilt } = await import('./ensure-built.mjs');
  await ensureBuilt('standalone');
  // Newer Node keeps what it has compiled; older ones know no such thing.
  module.enableCompileCache?.();
  // In this very process: signals, exit code and a kill reach the program itself, without anybody in between.
  createRequire(import.meta.url)('../../apps/standalone/dist/main.js');
}
