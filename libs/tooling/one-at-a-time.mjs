// Built-in modules only: this runs before anything is installed.
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './run.mjs';

const PATIENCE_MS = 15 * 60_000;

/** Runs the work while no other process does; waits for one that is at it. Two starts at once would install into each other. */
export async function oneAtATime(what, work) {
  const directory = join(ROOT, '.nx');
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${what}.pid`);
  const deadline = Date.now() + PATIENCE_MS;
  let told = false;
  while (!claim(path)) {
    if (Date.now() > deadline) throw new Error(`Another ${what} does not end. Is ${path} stale?`);
    if (!told) console.log(`Waiting for the ${what} that another process has begun ...`);
    told = true;
    await new Promise((next) => setTimeout(next, 300));
  }
  // Ctrl-C or a failure in the middle leaves through here as well; only a kill leaves the file, with the number of a dead process.
  const letGo = () => rmSync(path, { force: true });
  process.once('exit', letGo);
  try {
    return await work();
  } finally {
    process.off('exit', letGo);
    letGo();
  }
}

function claim(path) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isAlive(ownerOf(path))) rmSync(path, { force: true });
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function ownerOf(path) {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(pid) {
  // Let go just now: the next attempt finds out.
  if (pid === undefined) return true;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
