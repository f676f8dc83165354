import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { oneAtATime } from './one-at-a-time.mjs';
import { ROOT } from './run.mjs';

const NX = 'node_modules/nx/dist/bin/nx.js';
/** What every project is compiled with, beside its own files. */
const SHARED = ['package-lock.json', 'nx.json', 'tsconfig.base.json'];

/**
 * Builds a program and what it needs. Nx knows what has changed, but takes a second to say that nothing has; comparing the times
 * of the sources with those of the last build takes a few milliseconds.
 */
export async function ensureBuilt(program) {
  if (isBuilt(program)) return;
  await oneAtATime('build', () => {
    if (isBuilt(program)) return;
    const sources = fingerprint();
    console.log(`Building ${program} ...`);
    const { status, stdout, stderr, error } = spawnSync(
      process.execPath,
      [NX, 'run', `@tributary/${program}:build`, '--outputStyle=static'],
      { cwd: ROOT, encoding: 'utf8', env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' } },
    );
    if (error) throw error;
    if (status !== 0) {
      console.error(`${stdout}${stderr}\nThe build failed; its output above says why.`);
      process.exit(1);
    }
    const outputs = projects().filter((project) => existsSync(join(ROOT, project, 'dist')));
    mkdirSync(join(ROOT, '.nx'), { recursive: true });
    writeFileSync(stampOf(program), JSON.stringify({ sources, outputs }));
  });
}

const stampOf = (program) => join(ROOT, '.nx', `${program}.built.json`);

function isBuilt(program) {
  const stamp = stampOf(program);
  if (!existsSync(stamp)) return false;
  const { sources, outputs } = JSON.parse(readFileSync(stamp, 'utf8'));
  const there = outputs.every((project) => existsSync(join(ROOT, project, 'dist')));
  return there && sources === fingerprint();
}

const projects = () =>
  ['apps', 'libs'].flatMap((group) =>
    readdirSync(join(ROOT, group)).map((name) => join(group, name)),
  );

/** Names, sizes and times of everything that a build reads. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const file of [...SHARED, ...projects().flatMap(sourcesOf)]) {
    const { mtimeMs, size } = statSync(join(ROOT, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** Folders that hold what is compiled; only a service with published calculations has the second. */
const SOURCES = ['src', 'engines'];

function sourcesOf(project) {
  const own = ['package.json', 'tsconfig.json'].map((name) => join(project, name));
  const files = SOURCES.map((folder) => join(project, folder))
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true }).map((file) => join(folder, file)),
    );
  const sources = files.filter(
    (file) => /\.(?:ts|json|sql)$/.test(file) && !/\.spec\.ts$/.test(file),
  );
  return [...own.filter((file) => existsSync(join(ROOT, file))), ...sources.sort()];
}
