import { randomUUID } from 'node:crypto';
import {
  access,
  constants,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { CodedError } from '@tributary/kernel';

import { identityOf } from './processes';

export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** See `identityOf`; null once the holder has let go. */
  readonly identity: string | null;
  readonly startedAt: string;
}

const NAME = /^holder-(\d{8})\.json$/;

/**
 * One process at a time owns a directory. Node has no file locks, so ownership is a numbered file: to take over, one creates
 * the number after the highest, which only one process can do, and the highest file is never deleted, so nobody can take
 * a number that was used before without noticing. A holder that was killed is recognised by its process being gone.
 */
export class DirectoryLock {
  private constructor(
    private readonly path: string,
    private readonly holder: Holder,
  ) {}

  /** Rejects with `directory_held`, saying by whom, or with `directory_unusable`, saying why. */
  static async take(directory: string): Promise<DirectoryLock> {
    try {
      await makeDirectory(directory);
      await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      throw unusable(directory, error as NodeJS.ErrnoException);
    }
    const holder: Holder = {
      pid: process.pid,
      host: hostname(),
      identity: (await identityOf(process.pid)) ?? 'unknown',
      startedAt: new Date().toISOString(),
    };
    for (;;) {
      const files = await holderFiles(directory);
      const highest = files.at(-1);
      const other = highest && (await readHolder(join(directory, highest)));
      if (other && (await isHeld(other))) throw held(directory, other);

      const mine = nameOf(numberOf(highest) + 1);
      if (!(await createWhole(directory, mine, holder))) continue;
      const now = await holderFiles(directory);
      // Whoever listed the directory long ago may have taken a number that had been used and deleted.
      if (now.at(-1) !== mine) {
        await removeIfThere(join(directory, mine));
        continue;
      }
      for (const old of now.slice(0, -1)) await removeIfThere(join(directory, old));
      return new DirectoryLock(join(directory, mine), holder);
    }
  }

  /** Who holds the directory, or held it last. */
  static async lastHolderOf(
    directory: string,
  ): Promise<(Holder & { readonly alive: boolean }) | undefined> {
    const highest = (await holderFiles(directory)).at(-1);
    const holder = highest && (await readHolder(join(directory, highest)));
    return holder ? { ...holder, alive: await isHeld(holder) } : undefined;
  }

  async release(): Promise<void> {
    await replace(this.path, { ...this.holder, identity: null });
  }
}

/** With those that it lies in. Node's own way asks without end where a directory is there and takes nothing, as under /proc. */
async function makeDirectory(directory: string): Promise<void> {
  const missing: string[] = [];
  let there = resolve(directory);
  while (!(await isThere(there))) {
    missing.unshift(there);
    there = dirname(there);
  }
  for (const each of missing)
    await mkdir(each).catch((error: NodeJS.ErrnoException) => {
      // Another process was faster; `access` says whether it has made a directory.
      if (error.code !== 'EEXIST') throw error;
    });
}

/** Nothing is above the root, so that it counts as there; to make something in it then says why it cannot be. */
async function isThere(path: string): Promise<boolean> {
  if (dirname(path) === path) return true;
  return await stat(path).then(
    (found) => {
      if (found.isDirectory()) return true;
      throw new Error(`${path} is no directory`);
    },
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

async function isHeld({ pid, host, identity }: Holder): Promise<boolean> {
  if (identity === null) return false;
  // The processes of another machine, or container, cannot be seen from here.
  return host !== hostname() || (await identityOf(pid)) === identity;
}

function unusable(directory: string, error: NodeJS.ErrnoException): CodedError {
  const message = `The data directory ${directory} cannot be used: ${error.message}. Choose another one, or change its owner.`;
  return new CodedError('directory_unusable', message, { directory }, { cause: error });
}

function held(directory: string, holder: Holder): CodedError {
  const { pid, host, startedAt } = holder;
  const here = host === hostname();
  const advice = here
    ? 'Stop it first, or choose another data directory.'
    : `If that machine is gone for good, delete the holder file in the directory.`;
  return new CodedError(
    'directory_held',
    `The data directory ${directory} is held by process ${pid}${here ? '' : ` on ${host}`}, started at ${startedAt}. ${advice}`,
    { directory, ...holder },
  );
}

async function holderFiles(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).filter((name) => NAME.test(name)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

const nameOf = (number: number): string => `holder-${String(number).padStart(8, '0')}.json`;
const numberOf = (name: string | undefined): number => Number(NAME.exec(name ?? '')?.[1] ?? 0);

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch (error) {
    // Deleted by its successor meanwhile, or cut short by a power failure: nobody alive stands behind either.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError)
      return undefined;
    throw error;
  }
}

/** Creates the file with its content or not at all; false when the name is taken. */
async function createWhole(directory: string, name: string, holder: Holder): Promise<boolean> {
  const draft = join(directory, `.holder-${randomUUID()}`);
  await writeFile(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    await link(draft, join(directory, name));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await removeIfThere(draft);
  }
}

async function replace(path: string, holder: Holder): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(holder), { mode: 0o600 });
  await rename(draft, path);
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
