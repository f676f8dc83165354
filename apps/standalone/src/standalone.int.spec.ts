import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DirectoryLock } from '@tributary/postgres';
import { Client } from 'pg';

import { readOptions } from './options';
import { startServices } from './services';
import { type Running, Standalone } from './standalone';

// Whole starts, each with a story to tell, on a machine that may have other things to do.
jest.setTimeout(300_000);

describe('starting and stopping everything in one process', () => {
  let directory: string;
  const said: string[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tributary-standalone-'));
  });
  afterAll(async () => await rm(directory, { recursive: true, force: true }));

  const standalone = (port = 0): Standalone => {
    const options = readOptions(['--data-dir', directory, '--port', String(port)], {});
    return new Standalone(options, (line) => said.push(line));
  };

  it('gives an address, keys that stay the same, and an answer to whoever has one', async () => {
    const first = await startedAndStopped(async ({ address, keys }) => {
      expect((await fetch(`${address}/health/ready`)).status).toBe(200);
      expect((await fetch(`${address}/v1/api-keys`)).status).toBe(401);
      const headers = { authorization: `Bearer ${keys['admin']}` };
      expect((await fetch(`${address}/v1/api-keys`, { headers })).status).toBe(200);
      expect((await fetch(`${address}/openapi.json`)).status).toBe(200);
    });
    const second = await startedAndStopped(async () => undefined);
    expect(Object.keys(first.keys)).toEqual(
      expect.arrayContaining(['admin', 'auditor', 'partner']),
    );
    expect(second.keys).toEqual(first.keys);
  });

  it('M194: refuses whatever an auditor wants to write, on every route that there is', async () => {
    await startedAndStopped(async ({ address, keys }) => {
      const headers = {
        authorization: `Bearer ${keys['auditor']}`,
        'content-type': 'application/json',
        'idempotency-key': 'audited',
      };
      const description = await fetch(`${address}/openapi.json`);
      const { paths } = (await description.json()) as { paths: Record<string, object> };
      const writing = Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).flatMap((method) =>
          method === 'get'
            ? []
            : [[method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'any')] as const],
        ),
      );
      expect(writing.length).toBeGreaterThan(50);
      const allowed: string[] = [];
      for (const [method, path] of writing) {
        const answer = await fetch(address + path, { method, headers, body: '{}' });
        const { code } = (await answer.json()) as { code?: string };
        if (answer.status !== 403 || code !== 'role_not_allowed')
          allowed.push(`${method} ${path} ${answer.status} ${code}`);
      }
      expect(allowed).toEqual([]);
    });
  });

  it('hands the services a database that works, and lets go of everything afterwards', async () => {
    const program = standalone();
    let url = '';
    const closed: string[] = [];
    await program.start(async ({ variables, closeLater }) => {
      url = variables['DATABASE_URL'] ?? '';
      const file = await readFile(join(directory, 'privacy.key'), 'utf8');
      expect(file.trim()).toBe(variables['PRIVACY_MASTER_KEY']);
      closeLater(async () => void closed.push(`database: ${await answers(url)}`));
      return NOTHING;
    });
    expect(await answers(url)).toBe(true);
    await expect(standalone().start(async () => NOTHING)).rejects.toMatchObject({
      code: 'directory_held',
    });
    await Promise.all([program.stop(), program.stop()]);
    expect(closed).toEqual(['database: true']);
    expect(await answers(url)).toBe(false);
    expect(await DirectoryLock.lastHolderOf(directory)).toMatchObject({ alive: false });
  });

  it('brings the database back on the same address when it ends by itself', async () => {
    const program = standalone();
    let url = '';
    await program.start(async ({ variables }) => {
      url = variables['DATABASE_URL'] ?? '';
      return NOTHING;
    });
    const pid = await ask(
      url,
      `select split_part(pg_read_file('postmaster.pid'), chr(10), 1) as value`,
    );
    process.kill(Number(pid), 'SIGKILL');
    await until(async () => said.includes('PostgreSQL is back.') && (await answers(url)));
    await program.stop();
  });

  it('leaves nothing behind when the port is taken, or a service does not start', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    await expect(standalone(port).start(startServices)).rejects.toMatchObject({
      code: 'port_taken',
    });
    expect(await DirectoryLock.lastHolderOf(directory)).toMatchObject({ alive: false });
    other.close();

    let url = '';
    const broken = standalone().start(async ({ variables, closeLater }) => {
      url = variables['DATABASE_URL'] ?? '';
      closeLater(() => Promise.reject(new Error('Nor does it stop.')));
      throw new Error('A service does not start.');
    });
    await expect(broken).rejects.toThrow('A service does not start.');
    expect(said.join('\n')).toContain('Nor does it stop.');
    expect(await answers(url)).toBe(false);
    expect(await DirectoryLock.lastHolderOf(directory)).toMatchObject({ alive: false });
  });

  it('stops in the middle of a start without leaving anything behind', async () => {
    const program = standalone();
    const started = program.start(async () => {
      throw new Error('The services were started although somebody had asked to stop.');
    });
    await program.stop();
    await started;
    expect(await DirectoryLock.lastHolderOf(join(directory, 'postgres'))).toMatchObject({
      alive: false,
    });
  });

  async function startedAndStopped(look: (running: Running) => Promise<void>): Promise<Running> {
    const program = standalone();
    try {
      const running = (await program.start(startServices)) ?? NOTHING;
      await look(running);
      return running;
    } finally {
      await program.stop();
    }
  }
});

const NOTHING: Running = { address: '', keys: {} };

async function ask(connectionString: string, statement: string): Promise<unknown> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(statement);
    return rows[0]?.['value'];
  } finally {
    await client.end();
  }
}

const answers = async (url: string): Promise<boolean> =>
  await ask(url, 'select 1').then(
    () => true,
    () => false,
  );

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('It did not happen.');
    await new Promise((next) => setTimeout(next, 20));
  }
}
