import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { CodedError } from '@tributary/kernel';

import { readIfThere, whenMissing } from './postmaster';
import type { ServerBinaries } from './server-binaries';
import { commandFor, type ServerUser } from './server-user';

export const SUPERUSER = 'tributary';

export interface Cluster {
  readonly path: string;
  readonly password: string;
}

/** Opens the cluster in this directory; the first time it is created, with a password that nobody knows yet. */
export async function ensureCluster(
  directory: string,
  { initdb }: ServerBinaries,
  user: ServerUser,
  throwaway: boolean,
): Promise<Cluster> {
  const path = join(directory, 'cluster');
  const passwordFile = join(directory, 'password');
  if ((await stat(path).catch(whenMissing)) !== undefined) {
    return { path, password: await knownPassword(passwordFile) };
  }
  const password = randomBytes(24).toString('hex');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  const { uid, gid } = user.spawn;
  if (uid !== undefined && gid !== undefined) {
    await chown(passwordFile, uid, gid);
    await chown(directory, uid, gid);
  }
  // Made beside and renamed, so that a kill in the middle leaves nothing that looks like a cluster.
  const draft = `${path}.new`;
  await rm(draft, { recursive: true, force: true });
  // The same order of text and the same encoding on every machine, whatever its locale.
  const args = ['-D', draft, '-U', SUPERUSER, '--no-locale', '-E', 'UTF8', '--data-checksums'];
  args.push('-A', 'scram-sha-256', '--pwfile', passwordFile);
  // Nobody guesses 24 random bytes, so signing in a thousand times need not be made slow either.
  if (throwaway) args.push('--no-sync', '-c', 'scram_iterations=1');
  const { code, output } = await runToEnd(user, initdb, args, directory);
  if (code !== 0) {
    const message = `PostgreSQL could not create its cluster in ${draft}:\n${output}`;
    throw new CodedError('postgres_start_failed', message, { output });
  }
  await rename(draft, path);
  return { path, password };
}

export const urlOf = (port: number, password: string, database: string): string =>
  `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;

/** Settings in the environment of whoever starts us are not meant for this server. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_)/.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' };
}

export async function knownPassword(file: string): Promise<string> {
  const password = (await readIfThere(file))?.trim();
  if (password) return password;
  throw new CodedError(
    'postgres_password_missing',
    `${file} is missing; without it nobody can sign in to this cluster.`,
    {
      file,
    },
  );
}

async function runToEnd(
  user: ServerUser,
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<{ code: number | null; output: string }> {
  const [file, all] = commandFor(user, program, args);
  const child = spawn(file, all, {
    ...user.spawn,
    cwd,
    env: serverEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return await new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done({ code, output }));
  });
}
