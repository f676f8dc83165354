import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { existsSync } from 'node:fs';

import { CodedError, hasCode } from '@tributary/kernel';
import {
  binariesPackage,
  DirectoryLock,
  EmbeddedPostgres,
  findBinaries,
  findServerUser,
  withClient,
} from '@tributary/postgres';

import { forAMoment } from '../log-source';
import { answerOf, type Finding, finding } from './finding';

export type Variables = Readonly<Record<string, string | undefined>>;

const WORKSPACE = resolve(__dirname, '..', '..', '..', '..');
const OLDEST_NODE = [20, 19] as const;
const ENOUGH_BYTES = 1024 ** 3;

export async function node(): Promise<Finding> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return finding({
    name: 'node',
    area: 'run',
    ok: major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]),
    required: true,
    found: process.versions.node,
    mend: `Install Node ${OLDEST_NODE.join('.')} or newer.`,
  });
}

export async function npm({ npm_execpath: script }: Variables): Promise<Finding> {
  const version = script
    ? await answerOf(process.execPath, script, '--version')
    : await answerOf('npm', '--version');
  return finding({
    name: 'npm',
    area: 'run',
    ok: version !== undefined,
    required: true,
    found: version ?? 'not found',
    mend: 'Install npm; it comes with Node.',
  });
}

export async function postgresBinaries({ DATABASE_URL }: Variables): Promise<Finding> {
  const about = { name: 'postgres binaries', area: 'run', required: !DATABASE_URL } as const;
  try {
    const { postgres } = await findBinaries();
    const found =
      (await answerOf(postgres, '--version')) ??
      `do not run on ${process.platform}-${process.arch}`;
    const mend = 'Set DATABASE_URL to a PostgreSQL of yours; on Linux the binaries need glibc.';
    return finding({ ...about, ok: found.startsWith('postgres'), found, mend });
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { ...about, ok: false, found: `${binariesPackage()} is missing`, mend: error.message };
  }
}

/** Nothing but a start shows that a start is possible. */
export async function postgresStarts({ DATABASE_URL }: Variables): Promise<Finding> {
  const about = { name: 'postgres starts', area: 'run', required: !DATABASE_URL } as const;
  const directory = await mkdtemp(join(tmpdir(), 'tributary-doctor-'));
  try {
    const { how } = await findServerUser((await findBinaries()).postgres);
    const startedAt = performance.now();
    const server = await EmbeddedPostgres.start({ directory, throwaway: true });
    const tookMs = Math.round(performance.now() - startedAt);
    await server.stop();
    return { ...about, ok: true, found: `in ${tookMs} ms, ${HOW[how]}` };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { ...about, ok: false, found: error.code, mend: error.message };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const HOW = {
  as_we_are: 'as this user',
  user_namespace: 'in a user namespace, because this user may not run it',
  nobody: 'as the user nobody, because root may not run it',
} as const;

export async function database({ DATABASE_URL: url }: Variables): Promise<Finding> {
  const about = { name: 'DATABASE_URL', area: 'run', required: true } as const;
  if (!url) return { ...about, ok: true, found: 'not set; an own PostgreSQL is started' };
  try {
    const { rows } = await withClient(forAMoment(url), (client) =>
      client.query<{ server_version: string }>('show server_version'),
    );
    return { ...about, ok: true, found: `PostgreSQL ${rows[0]?.server_version}` };
  } catch (error) {
    const why = hasCode(error, 'unavailable') ? error.cause : error;
    return {
      ...about,
      ok: false,
      found: (why as Error).message,
      mend: 'Correct DATABASE_URL, or unset it to use an own PostgreSQL.',
    };
  }
}

export async function port({ PORT = '4000', HOST = '127.0.0.1' }: Variables): Promise<Finding> {
  const free = await new Promise<boolean>((answer) => {
    const probe = createServer();
    probe.once('error', () => answer(false));
    probe.listen({ port: Number(PORT), host: HOST }, () => probe.close(() => answer(true)));
  });
  return finding({
    name: 'port',
    area: 'run',
    ok: free,
    required: false,
    found: `${HOST}:${PORT} is ${free ? 'free' : 'taken'}`,
    mend: 'Stop what listens there (Tributary itself?), or choose another port with PORT or --port.',
  });
}

export async function dataDirectory({ TRIBUTARY_DATA_DIR: given }: Variables): Promise<Finding> {
  const directory = given ? resolve(given) : join(WORKSPACE, '.data');
  const holder = await DirectoryLock.lastHolderOf(directory);
  const found = holder?.alive
    ? `${directory} is held by process ${holder.pid} since ${holder.startedAt}`
    : `${directory}${existsSync(directory) ? '' : ' (not made yet)'}`;
  const mend = 'Stop that process before you start another one on the same data.';
  return finding({
    name: 'data directory',
    area: 'keep',
    ok: !holder?.alive,
    required: false,
    found,
    mend,
  });
}

export async function diskSpace({ TRIBUTARY_DATA_DIR: given }: Variables): Promise<Finding> {
  let place = given ? resolve(given) : join(WORKSPACE, '.data');
  while (!existsSync(place)) place = dirname(place);
  const { bavail, bsize } = await statfs(place);
  const gigabytes = ((bavail * bsize) / 1024 ** 3).toFixed(1);
  return finding({
    name: 'disk space',
    area: 'keep',
    ok: bavail * bsize >= ENOUGH_BYTES,
    required: true,
    found: `${gigabytes} GB free at ${place}`,
    mend: 'Free some space, or keep the data elsewhere with TRIBUTARY_DATA_DIR or --data-dir.',
  });
}
