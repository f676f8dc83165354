import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { CodedError } from '@tributary/kernel';

import { childrenOf, commandLineOf, endsWithin, identityOf, signal } from './processes';
import { findBinaries } from './server-binaries';

const run = promisify(execFile);
const STOP_LIMIT_MS = 30_000;
const KILL_LIMIT_MS = 30_000;

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly status: string;
}

/** What the server writes about itself into its cluster: its process, and `ready` once it accepts connections. */
export async function readPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const text = await readIfThere(join(cluster, 'postmaster.pid'));
  const lines = text?.split('\n') ?? [];
  const pid = Number(lines[0]);
  return Number.isSafeInteger(pid) && pid > 0
    ? { pid, port: Number(lines[3]), status: lines[7]?.trim() ?? '' }
    : undefined;
}

/** Whatever an earlier start has left: a server that outlived its program is stopped, the trace of a dead one deleted. */
export async function clearPostmaster(cluster: string): Promise<void> {
  const found = await readPostmaster(cluster);
  if (found === undefined) return;
  if (await isPostmasterOf(cluster, found.pid)) await endPostmaster(cluster, found.pid);
  await rm(join(cluster, 'postmaster.pid'), { force: true });
}

/** `fast` leaves nothing to recover at the next start; a server that does not end within the limit is ended harder. */
export async function endPostmaster(
  cluster: string,
  pid: number,
  mode: 'fast' | 'immediate' = 'fast',
  limitMs = STOP_LIMIT_MS,
): Promise<void> {
  if (process.platform === 'win32') {
    const { pgCtl } = await findBinaries();
    await run(pgCtl, ['stop', '-m', mode, '-w', '-D', cluster]);
    return;
  }
  // The signals that `pg_ctl stop` sends; pg_ctl itself would refuse to be root.
  const signals = ['SIGINT', 'SIGQUIT'] as const;
  for (const name of signals.slice(mode === 'fast' ? 0 : 1)) {
    signal(pid, name);
    if (await endsWithin(pid, limitMs)) return;
  }
  if (await killPostmaster(pid)) return;
  throw new CodedError('postgres_stop_failed', `PostgreSQL (process ${pid}) does not end.`, {
    pid,
    cluster,
  });
}

/** Every process of it at once, as a power failure would; true when all of them have ended. */
export async function killPostmaster(pid: number): Promise<boolean> {
  // Held first: what it forks after its children were listed would outlive it, and wait for ever for a lock of one that is dead.
  if (process.platform !== 'win32') signal(pid, 'SIGSTOP');
  const processes = [pid, ...(await childrenOf(pid))];
  for (const each of processes) signal(each, 'SIGKILL');
  const ended = await Promise.all(processes.map((each) => endsWithin(each, KILL_LIMIT_MS)));
  return !ended.includes(false);
}

async function isPostmasterOf(cluster: string, pid: number): Promise<boolean> {
  if ((await identityOf(pid)) === undefined) return false;
  // There is no command line to look at; pg_ctl asks through a pipe that only a postmaster has.
  if (process.platform === 'win32') return true;
  const line = await commandLineOf(pid);
  return (
    line.some((part) => part.includes('postgres')) && line.some((part) => part.includes(cluster))
  );
}

export const readIfThere = async (path: string): Promise<string | undefined> =>
  await readFile(path, 'utf8').catch(whenMissing);

export function whenMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
