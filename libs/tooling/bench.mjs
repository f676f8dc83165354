// `npm run bench`: installs and builds what is missing, then measures in this process; arguments go through as they are.
import { createRequire } from 'node:module';
import { ensureInstalled } from './ensure-installed.mjs';

await ensureInstalled();
const { ensureBuilt } = await import('./ensure-built.mjs');
await ensureBuilt('bench');
// Measured from outside, as processes of their own.
await ensureBuilt('attribution');
await ensureBuilt('commission');
await ensureBuilt('ledger');
await ensureBuilt('tier-evaluation');
// Measured from inside, so that what it writes can be looked at while it works.
await ensureBuilt('payouts');
// Run as somebody would type them, and with it everything that a demo is played with.
await ensureBuilt('cli');
const { runBench } = createRequire(import.meta.url)('../bench/dist/main.js');
process.exitCode = await runBench(process.argv.slice(2));
