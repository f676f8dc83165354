// Built-in modules only: this runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { oneAtATime } from './one-at-a-time.mjs';

const root = new URL('../../', import.meta.url);
const lockfile = new URL('package-lock.json', root);
const stampFile = new URL('node_modules/.tributary-lockfile', root);
const OLDEST_NODE = [20, 19];

/**
 * Installs exactly what the lockfile says when nothing is installed yet, or when the lockfile has changed since. Needs nothing but
 * Node itself, and stands in the scripts rather than in npm hooks, which `ignore-scripts` would skip.
 */
export async function ensureInstalled() {
  refuseOldNode();
  const wanted = createHash('sha256').update(readFileSync(lockfile)).digest('hex');
  if (isInstalled(wanted)) return;
  await oneAtATime('installation', () => {
    if (!isInstalled(wanted)) install();
    writeFileSync(stampFile, wanted);
  });
}

function isInstalled(wanted) {
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return true;
  // Somebody ran npm by hand: it leaves a copy of the lockfile, as its last step, and the compiler is there unless dev tools were left out.
  const npmsCopy = new URL('node_modules/.package-lock.json', root);
  const compiler = new URL('node_modules/typescript7/package.json', root);
  return (
    existsSync(npmsCopy) &&
    existsSync(compiler) &&
    statSync(npmsCopy).mtimeMs >= statSync(lockfile).mtimeMs
  );
}

function install() {
  console.log('Installing dependencies (npm ci) ...');
  // npm tells its scripts where it lives; that one works where a shell finds no npm.
  const npmScript = process.env.npm_execpath;
  const options = { cwd: fileURLToPath(root), stdio: ['ignore', 'inherit', 'inherit'] };
  // The compiler is a dev dependency, which NODE_ENV=production would leave out.
  const args = ['ci', '--include=dev'];
  const { status, error } = npmScript
    ? spawnSync(process.execPath, [npmScript, ...args], options)
    : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  if (error) throw error;
  if (status === 0) return;
  console.error('npm ci failed; its output above says why.');
  process.exit(status ?? 1);
}

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  console.error(
    `Tributary needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}.`,
  );
  process.exit(1);
}
