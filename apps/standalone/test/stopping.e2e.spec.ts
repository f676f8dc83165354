import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { testMasterKey } from '@tributary/platform/testing';
import { EmbeddedPostgres } from '@tributary/postgres';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { Client } from 'pg';

import { journey } from './journey.fixture';
import { PatientClient, pause } from './patient-client.fixture';
import { Product } from './product.fixture';
import { Program } from './program.fixture';

jest.setTimeout(400_000);

const SIGNED = '2026-01-01T00:00:00Z';
const PARTNER = { id: 'northwind', name: 'Northwind', type: 'channel', kind: 'agency' };
const LOCKED = 'lock table log.event in access exclusive mode';
/** Nobody waits so long, however slow the machine: it only tells an end from a hang. */
const HANGS_MS = 90_000;

describe('a service that is told to stop while PostgreSQL never answers', () => {
  let postgres: TestPostgres;
  let url: string;
  let product: Product;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    url = await postgres.freshDatabase();
    product = new Product({
      ...{ DATABASE_URL: url, PRIVACY_MASTER_KEY: testMasterKey, LOG_LEVEL: 'error' },
      ...{ DRAIN_MS: '200', STOP_LIMIT_MS: '3000' },
    });
  });
  afterAll(async () => {
    await product.kill();
    await postgres.stop();
  });

  it('ends all the same, says what it waited for, and has lost nothing that it had taken', async () => {
    await product.start();
    const client = new PatientClient(product, (await product.site()).keys);
    await client.command('/v1/partners', { ...PARTNER, effectiveAt: SIGNED }, 'programme');
    await client.told(journey(1, 'northwind'));

    const holder = await connected(url);
    await holder.query(`begin; ${LOCKED}`);
    const unanswered = client.told(journey(2, 'northwind'));
    await until(async () => (await waitingForLocks(holder)) > 0);
    expect(await within(HANGS_MS, product.stop())).toBe(1);
    const { level, waitingFor } = lineOf(product.lastWords().split('\n'));
    expect([level, waitingFor]).toEqual(['error', expect.arrayContaining([THE_LOG])]);

    await holder.query('rollback');
    await holder.end();
    await product.start();
    // The client asks again under the same identity, as whoever got no answer does.
    await unanswered;
    const found = await client.eventually(
      () => client.read('/v1/partners/northwind/revenue'),
      ({ items }) => items?.[0]?.sourced === '20003',
    );
    expect(found).toMatchObject({ items: [{ sourced: '20003' }] });
    expect(await product.stop()).toBe(0);
  });
});

describe('the whole program, told to stop while its own PostgreSQL never answers', () => {
  let folder: string;
  let program: Program;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tributary-stopping-'));
  });
  afterEach(async () => {
    program.signal('SIGKILL');
    await program.ended;
  });
  afterAll(async () => {
    await EmbeddedPostgres.removeAbandoned(join(folder, 'postgres'));
    await rm(folder, { recursive: true, force: true });
  });

  it('ends, and ends a PostgreSQL whose processes do not listen to it', async () => {
    const processes = await startedAndHeld({ DRAIN_MS: '200', STOP_LIMIT_MS: '2000' });
    program.signal('SIGTERM');
    expect(await within(HANGS_MS, program.ended)).toBe(1);
    expect(lineOf(program.said)).toMatchObject({
      level: 'error',
      waitingFor: expect.arrayContaining([FOLLOWING]) as string[],
    });
    await expectGone(processes);
  });

  it('ends at once when it is told again, and leaves no PostgreSQL either', async () => {
    const processes = await startedAndHeld({ DRAIN_MS: '200', STOP_LIMIT_MS: '3600000' });
    program.signal('SIGINT');
    await until(() => Promise.resolve(program.said.some((line) => line.startsWith('SIGINT'))));
    // Sooner, it would count as the same press.
    await pause(1_000);
    program.signal('SIGINT');
    expect(await within(HANGS_MS, program.ended)).toBe(130);
    expect(lineOf(program.said)).toMatchObject({ level: 'error' });
    await expectGone(processes);
  });

  it('starts again on the same data', async () => {
    await started({});
    program.signal('SIGTERM');
    expect(await within(HANGS_MS, program.ended)).toBe(0);
  });

  const isListening = () => program.said.some((line) => line.includes('http://127.0.0.1'));

  async function started(variables: Readonly<Record<string, string>>): Promise<string> {
    program = new Program(folder, variables);
    await until(() => Promise.resolve(program.hasEnded || isListening()));
    expect([isListening() || program.said]).toEqual([true]);
    const url = await EmbeddedPostgres.urlOfRunning(join(folder, 'postgres'), 'tributary');
    expect(url).toBeDefined();
    return url ?? '';
  }

  /** Every connection that the services have is served by a process that stands still from here on. */
  async function startedAndHeld(
    variables: Readonly<Record<string, string>>,
  ): Promise<readonly number[]> {
    const client = await connected(await started(variables));
    const { rows } = await client.query<{ pid: number; postmaster: number }>(
      `select pid, split_part(pg_read_file('postmaster.pid'), chr(10), 1)::int as postmaster
       from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    await client.end();
    const held = rows.map(({ pid }) => pid);
    expect(held.length).toBeGreaterThan(0);
    for (const pid of held) process.kill(pid, 'SIGSTOP');
    return [...held, rows[0]?.postmaster ?? 0];
  }
});

const THE_LOG = expect.stringMatching(/^event log \([1-9]\d* connections in use\)$/) as string;
const FOLLOWING = expect.stringMatching(
  /: following events \([1-9]\d* connections in use\)$/,
) as string;

/** The one that says what a stop waited for. */
function lineOf(said: readonly string[]): { level?: string; waitingFor?: readonly string[] } {
  const lines = said.filter((line) => line.includes('"waitingFor"'));
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '{}') as object;
}

async function expectGone(processes: readonly number[]): Promise<void> {
  const alive = () => processes.filter(isAlive);
  await until(() => Promise.resolve(alive().length === 0));
  expect(alive()).toEqual([]);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

async function connected(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString });
  await client.connect();
  return client;
}

async function waitingForLocks(client: Client): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity
     where wait_event_type = 'Lock' and datname = current_database()`,
  );
  return rows[0]?.n ?? 0;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadlineMs = Date.now() + HANGS_MS; !(await holds()); await pause(50))
    if (Date.now() > deadlineMs) throw new Error('It did not happen.');
}

/** Rejects where a hang would otherwise be told by the runner alone. */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let limit: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    limit = setTimeout(() => reject(new Error(`Not after ${String(limitMs)} ms.`)), limitMs);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(limit));
}
