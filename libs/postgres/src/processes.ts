import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface ProcessStat {
  readonly state: string;
  readonly parent: number;
  readonly startedTicks: string;
}

/**
 * Something that this process has and no later one with the same number can have: the moment it began. Undefined when no
 * such process lives. A number alone proves nothing, because numbers are given again, after a reboot from the start.
 */
export async function identityOf(pid: number): Promise<string | undefined> {
  if (!exists(pid)) return undefined;
  if (process.platform === 'linux') {
    const stat = await statOf(pid);
    if (stat === undefined || stat.state === 'Z') return undefined;
    const bootId = await textOf('/proc/sys/kernel/random/boot_id');
    return `${bootId?.trim() ?? 'boot'}:${stat.startedTicks}`;
  }
  if (process.platform === 'win32') return 'alive';
  return await psColumns(pid, 'lstart=', 'comm=');
}

/** The arguments a process was started with; on systems without /proc its command line in one piece. */
export async function commandLineOf(pid: number): Promise<readonly string[]> {
  if (process.platform === 'linux')
    return ((await textOf(`/proc/${pid}/cmdline`)) ?? '').split('\0');
  if (process.platform === 'win32') return [];
  return [(await psColumns(pid, 'command=')) ?? ''];
}

export async function childrenOf(pid: number): Promise<readonly number[]> {
  if (process.platform === 'win32') return [];
  const parents = process.platform === 'linux' ? await parentsFromProc() : await parentsFromPs();
  return parents.filter(([, parent]) => parent === pid).map(([child]) => child);
}

/** Signals a process that may have ended meanwhile; false when it has. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** True when the process has ended within the time given. */
export async function endsWithin(pid: number, limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  const before = await identityOf(pid);
  while (before !== undefined && (await identityOf(pid)) === before) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It lives, but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function statOf(pid: number): Promise<ProcessStat | undefined> {
  const text = await textOf(`/proc/${pid}/stat`);
  // The name of the program stands in brackets and may hold spaces and brackets itself.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields === undefined) return undefined;
  return { state: fields[0] ?? '', parent: Number(fields[1]), startedTicks: fields[19] ?? '' };
}

async function parentsFromProc(): Promise<readonly (readonly [number, number])[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const stats = await Promise.all(pids.map(async (pid) => [pid, await statOf(pid)] as const));
  return stats.map(([pid, stat]) => [pid, stat?.parent ?? 0] as const);
}

async function parentsFromPs(): Promise<readonly (readonly [number, number])[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=', '-o', 'ppid=']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0]) => [pid, parent] as const);
}

async function psColumns(pid: number, ...columns: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await run(
      'ps',
      [...columns.flatMap((column) => ['-o', column]), '-p', String(pid)],
      {
        env: { ...process.env, LC_ALL: 'C' },
      },
    );
    return stdout.trim() || undefined;
  } catch (error) {
    // Exit code 1 is how ps says that there is no such process.
    if ((error as { code?: unknown }).code === 1) return undefined;
    throw error;
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
