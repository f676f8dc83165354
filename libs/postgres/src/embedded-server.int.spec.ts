import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startFleetingPostgres } from '@tributary/testing';
import { Client } from 'pg';

import { EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-server';
import { identityOf } from './processes';

describe('running PostgreSQL in a directory', () => {
  let parent: string;
  let directory: string;
  const running: { stop(): Promise<void> }[] = [];

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'tributary embedded ñ '));
    directory = join(parent, 'data');
  });
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
  });
  afterAll(async () => await rm(parent, { recursive: true, force: true }));

  // One cluster serves all cases, because each of them must leave it in order for the next.
  const start = async (
    options: Partial<EmbeddedPostgresOptions> = {},
  ): Promise<EmbeddedPostgres> => {
    const server = await EmbeddedPostgres.start({ directory, throwaway: true, ...options });
    running.push(server);
    return server;
  };

  it('creates a cluster that is the same on every machine and open to nobody else', async () => {
    const server = await start();
    const rows = await query(
      server.url(),
      `
      select current_setting('server_encoding') as encoding, current_setting('data_checksums') as checksums,
             current_setting('listen_addresses') as listens, current_setting('synchronous_commit') as commit,
             datcollate as collation from pg_database where datname = 'postgres'`,
    );
    expect(rows).toEqual([
      { encoding: 'UTF8', checksums: 'on', listens: '127.0.0.1', commit: 'on', collation: 'C' },
    ]);
    const stranger = server.url().replace(/:[0-9a-f]{48}@/, ':guess@');
    await expect(query(stranger, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    expect((await stat(join(directory, 'password'))).mode & 0o777).toBe(0o600);
  });

  it('keeps what was written over stop and start', async () => {
    const first = await start();
    const url = await first.ensureDatabase('kept');
    await query(url, 'create table fact (id int)');
    await first.stop();
    const second = await start();
    expect(
      await query(await second.ensureDatabase('kept'), 'select count(*)::int as n from fact'),
    ).toEqual([{ n: 0 }]);
  });

  it('comes back on the same port with everything committed after all its processes were killed', async () => {
    const server = await start();
    await query(server.url(), 'create table survivor as select 1 as id');
    const { port, pid } = server;
    await server.kill();
    expect(await identityOf(pid ?? 0)).toBeUndefined();
    await expect(query(server.url(), 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.restart();
    expect(server.port).toBe(port);
    expect(await query(server.url(), 'select id from survivor')).toEqual([{ id: 1 }]);
  });

  it('says so when the server ends by itself', async () => {
    const heard = new EventEmitter();
    const server = await start({ onUnexpectedExit: (reason) => heard.emit('exit', reason) });
    process.kill(server.pid ?? 0, 'SIGKILL');
    expect(await once(heard, 'exit')).toEqual(['exit SIGKILL']);
    await server.restart();
    await query(server.url(), 'select 1');
  });

  it('stops the server that outlived its program, and starts a new one on the same data', async () => {
    const owner = await startOwner(directory);
    await query(owner.url, 'create table orphaned as select 7 as id');
    owner.process.kill('SIGKILL');
    await once(owner.process, 'exit');
    expect(await identityOf(owner.pid)).toBeDefined();
    const server = await start();
    expect(await identityOf(owner.pid)).toBeUndefined();
    expect(await query(server.url(), 'select id from orphaned')).toEqual([{ id: 7 }]);
  });

  it('leaves nothing behind when whoever starts it has given up', async () => {
    const starting = start({ givenUp: AbortSignal.abort() });
    await expect(starting).rejects.toMatchObject({
      code: 'postgres_start_failed',
      message: expect.stringContaining('given up') as string,
    });
    expect(await EmbeddedPostgres.urlOfRunning(directory, 'postgres')).toBeUndefined();
    await query((await start()).url(), 'select 1');
  });

  it('refuses a second holder, and says who holds the directory and since when', async () => {
    const owner = await startOwner(directory);
    expect(await EmbeddedPostgres.urlOfRunning(directory, 'postgres')).toBe(owner.url);
    await expect(start()).rejects.toMatchObject({
      code: 'directory_held',
      message: expect.stringMatching(
        new RegExp(`held by process ${owner.process.pid}, started at 20`),
      ) as string,
    });
    expect(await query(owner.url, 'select 1 as alive')).toEqual([{ alive: 1 }]);
    owner.process.kill('SIGKILL');
    await once(owner.process, 'exit');
    expect(await EmbeddedPostgres.urlOfRunning(directory, 'postgres')).toBeUndefined();
  });

  it('leaves an abandoned server alone while it is held, and removes it afterwards', async () => {
    const other = join(parent, 'abandoned');
    const owner = await startOwner(other);
    await EmbeddedPostgres.removeAbandoned(other);
    expect(await query(owner.url, 'select 1 as alive')).toEqual([{ alive: 1 }]);
    owner.process.kill('SIGKILL');
    await once(owner.process, 'exit');
    await Promise.all([
      EmbeddedPostgres.removeAbandoned(other),
      EmbeddedPostgres.removeAbandoned(other),
    ]);
    expect(await identityOf(owner.pid)).toBeUndefined();
    await expect(stat(other)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is not misled by a pid file whose number belongs to somebody else by now', async () => {
    const server = await start();
    await server.kill();
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      stdio: 'ignore',
    });
    const pidFile = join(directory, 'cluster', 'postmaster.pid');
    await writeFile(
      pidFile,
      (await readFile(pidFile, 'utf8')).replace(/^\d+/, String(stranger.pid)),
    );
    await server.restart();
    await query(server.url(), 'select 1');
    expect(stranger.exitCode).toBeNull();
    stranger.kill();
  });

  it('gives the end of the log when a setting is wrong, and lets go of the directory', async () => {
    await expect(start({ settings: { no_such_setting: 1 } })).rejects.toMatchObject({
      code: 'postgres_start_failed',
      message: expect.stringContaining(
        'unrecognized configuration parameter "no_such_setting"',
      ) as string,
    });
    await start();
  });

  it('says unavailable when it goes away while a database is made', async () => {
    const server = await start();
    const gone = await startFleetingPostgres('as soon as it lets in');
    running.push(gone);
    Object.defineProperty(server, 'url', { value: () => gone.url });
    await expect(server.ensureDatabase('late')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('says that the port is taken when it was told which one to use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    await expect(start({ port })).rejects.toMatchObject({
      code: 'postgres_start_failed',
      message: expect.stringContaining('Address already in use') as string,
    });
    other.close();
  });
});

async function query(connectionString: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

/** A program of its own that holds the directory, because only such a one can be killed. */
async function startOwner(
  directory: string,
): Promise<{ process: ChildProcess; url: string; pid: number }> {
  const hook = join(__dirname, '..', '..', 'testing', 'register-typescript.cjs');
  const child = spawn(
    process.execPath,
    ['-r', hook, join(__dirname, 'holder.fixture.ts'), directory],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { process: child, ...(JSON.parse(line.toString()) as { url: string; pid: number }) };
}
