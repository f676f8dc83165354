// `npm run check`: everything but the tests.
import { ensureInstalled } from './ensure-installed.mjs';

await ensureInstalled();
const { runChecks } = await import('./checks.mjs');

const { passed, failed } = await runChecks();
console.log(`${passed} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
