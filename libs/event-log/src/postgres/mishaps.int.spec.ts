import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { streamOf } from '@tributary/kernel';
import { Database } from '@tributary/postgres';
import { startTestPostgres, type TestPostgres } from '@tributary/testing';
import { Client, type Pool } from 'pg';
import { Dice } from '../contract/dice.fixture';
import {
  eventsAfter,
  everythingOf,
  facts,
  refusalOf,
  someStream,
  someTenant,
} from '../contract/facts.fixture';
import { CuttingProxy } from './cutting-proxy.fixture';
import { postgresLogMigrations } from './migrations';
import {
  PostgresEventLog,
  type PostgresEventLogOptions,
  type WrittenBatch,
} from './postgres-event-log';
import { surviveKills } from './survival.fixture';

const REGISTER = join(__dirname, '../../../testing/register-typescript.cjs');

let postgres: TestPostgres;
let url: string;
const toClose: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres({ own: true, settings: { synchronous_commit: 'on' } });
  const setUp = await connected(await postgres.freshDatabase());
  await setUp.query('create role tributary_app login');
  await setUp.end();
});

beforeEach(async () => {
  url = await postgres.freshDatabase();
});

afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

afterAll(() => postgres.stop());

async function openLog(
  options: PostgresEventLogOptions & { through?: string } = {},
): Promise<PostgresEventLog> {
  const { through = url, ...rest } = options;
  const database = await Database.open({
    url: through,
    schema: 'log',
    migrations: postgresLogMigrations,
  });
  const log = await PostgresEventLog.open(database, rest);
  toClose.push(
    () => database.close(),
    () => log.close(),
  );
  return log;
}

async function connected(to: string): Promise<Client> {
  const client = new Client({ connectionString: to, options: '-c search_path=log' });
  client.on('error', Boolean);
  await client.connect();
  return client;
}

async function openClient(to = url): Promise<Client> {
  const client = await connected(to);
  toClose.push(() => client.end());
  return client;
}

async function openProxy(): Promise<CuttingProxy> {
  const proxy = await CuttingProxy.start(url);
  toClose.push(() => proxy.stop());
  return proxy;
}

/** Holds what every append needs, until it is released. */
async function holdHead(): Promise<Client> {
  const holder = await openClient();
  await holder.query('begin');
  await holder.query('select 1 from log_head for update');
  return holder;
}

async function until(reached: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await reached())) {
    if (Date.now() > deadline) throw new Error('It did not happen in time.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('losing the answer to an append', () => {
  it('finds its own work again and answers as if nothing had happened', async () => {
    const proxy = await openProxy();
    const log = await openLog({ through: proxy.url });
    const stream = someStream();
    proxy.cutNextAnswer();
    expect(await log.append(stream, 'none', facts(1))).toEqual({
      revision: 0n,
      position: 1n,
      replayed: false,
    });
    proxy.cutNextAnswer();
    expect(await log.append(stream, 0n, facts(3))).toEqual({
      revision: 3n,
      position: 4n,
      replayed: false,
    });

    expect(proxy.answersCut).toBe(2);
    expect(await eventsAfter(log, 0n)).toHaveLength(4);
  });

  it('says unavailable when it may not try again, and a repeat is answered from the log', async () => {
    const proxy = await openProxy();
    const log = await openLog({ through: proxy.url, giveUpAfterMs: 0 });
    const stream = someStream();
    const sent = facts(2);
    proxy.cutNextAnswer();
    expect(await refusalOf(log.append(stream, 'none', sent))).toMatchObject({
      code: 'unavailable',
    });
    expect(await log.append(stream, 'none', sent)).toEqual({
      revision: 1n,
      position: 2n,
      replayed: true,
    });
    expect(await log.head()).toBe(2n);
  });

  it('survives a kill of the server between commit and answer, under load', async () => {
    const proxy = await openProxy();
    const log = await openLog({ through: proxy.url, giveUpAfterMs: 60_000 });
    proxy.cutNextAnswer(async () => postgres.server?.kill());
    const appends = Array.from({ length: 200 }, () => log.append(someStream(), 'none', facts(2)));
    await until(() => proxy.answersCut === 1 && postgres.server?.pid === undefined);
    await postgres.server?.restart();

    const answers = await Promise.all(appends);
    expect(answers.every(({ replayed }) => !replayed)).toBe(true);
    const positions = answers.map(({ position }) => position).sort((a, b) => Number(a - b));
    expect(positions).toEqual(answers.map((_, i) => BigInt((i + 1) * 2)));
    expect(await eventsAfter(log, 0n)).toHaveLength(400);
  });

  it('writes once when its connection is ended before the commit', async () => {
    const log = await openLog();
    const [holder, observer] = [await holdHead(), await openClient()];
    const appending = log.append(someStream(), 'none', facts(1));
    const killed = async () => {
      const { rows } = await observer.query<{ ended: boolean }>(
        `select pg_terminate_backend(pid) as ended from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows.length > 0;
    };
    await until(killed);
    await holder.query('commit');
    expect(await appending).toEqual({ revision: 0n, position: 1n, replayed: false });
  });
});

describe('a server that goes away right after it has let somebody in', () => {
  it('does not end the process, whose connection nobody listens to yet', async () => {
    const log = await openLog();
    const { appendPool } = log as unknown as { readonly appendPool: Pool };
    const client = await appendPool.connect();
    const gone = Object.assign(new Error('unexpected postmaster exit'), { code: '57P01' });
    // An error that nobody listens to is thrown, and in the callback of a socket that is the end of the process.
    expect(() => client.emit('error', gone)).not.toThrow();
    client.release(gone);
  });
});

describe('killing the server at random under load', () => {
  const seed = Dice.seed();

  it(`loses nothing that was acknowledged (TEST_SEED=${seed})`, async () => {
    if (postgres.server === undefined) throw new Error('A server of its own was asked for.');
    await surviveKills(postgres.server, 2, new Dice(seed));
  });
});

describe('working without a server', () => {
  it('says unavailable, and recovers without a hand when the server is back', async () => {
    const failures: unknown[] = [];
    const log = await openLog({ giveUpAfterMs: 200, onError: (error) => failures.push(error) });
    const stream = someStream();
    await log.append(stream, 'none', facts(1));
    const received: bigint[] = [];
    const subscription = log.subscribe(0n);
    const consuming = (async () => {
      for await (const { events } of subscription)
        received.push(...events.map(({ revision }) => revision));
    })();
    await until(() => received.length === 1);

    await postgres.server?.kill();
    const refusals = await Promise.all(
      Array.from({ length: 50 }, () => refusalOf(log.append(someStream(), 'none', facts(1)))),
    );
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'unavailable' });
    expect(await refusalOf(log.head())).toMatchObject({ code: 'unavailable' });
    expect(await refusalOf(everythingOf(log.read(stream)))).toMatchObject({ code: 'unavailable' });
    expect(await log.appendMany([{ stream, expected: 0n, events: facts(1) }])).toMatchObject([
      { status: 'rejected', reason: { code: 'unavailable' } },
    ]);

    await postgres.server?.restart();
    expect(await log.append(stream, 0n, facts(1))).toMatchObject({ revision: 1n });
    await until(() => received.length === 2);
    expect(received).toEqual([0n, 1n]);
    expect(failures.length).toBeGreaterThan(0);
    await subscription.close();
    await consuming;
  });

  it('takes no more than it can hold', async () => {
    const log = await openLog({ maxQueuedAppends: 10 });
    const holder = await holdHead();
    const appends = Array.from({ length: 11 }, () => log.append(someStream(), 'none', facts(1)));
    // None is on its way before all who append in this turn have come, so ten wait.
    expect(await refusalOf(appends[10] as (typeof appends)[number])).toMatchObject({
      code: 'unavailable',
    });
    await holder.query('commit');
    expect(await Promise.all(appends.slice(0, 10))).toHaveLength(10);
  });

  it('closes at any moment, also while its subscription is still connecting', async () => {
    for (const turns of [0, 1, 2, 3, 5, 8, 13, 21]) {
      const log = await openLog();
      log.subscribe(0n);
      for (let turn = 0; turn < turns; turn++) await new Promise((next) => setImmediate(next));
      await log.close();
    }
  });

  it('settles what it took before it closes, and takes no more', async () => {
    const log = await openLog();
    const appends = Array.from({ length: 30 }, () => log.append(someStream(), 'none', facts(1)));
    await log.close();
    expect((await Promise.all(appends)).map(({ position }) => position)).toHaveLength(30);
    expect(await refusalOf(log.append(someStream(), 'none', facts(1)))).toMatchObject({
      code: 'unavailable',
    });
  });
});

describe('refusing what the server will not hold', () => {
  it('harms no neighbour in the same batch', async () => {
    const batches: WrittenBatch[] = [];
    const log = await openLog({ onBatch: (batch) => batches.push(batch) });
    const taken = facts(1);
    await log.append(someStream(), 'none', taken);
    const holder = await holdHead();
    const waiting = log.append(someStream(), 'none', facts(1));
    const good = Array.from({ length: 20 }, () => log.append(someStream(), 'none', facts(1)));
    const stolenId = facts(1).map((event) => ({ ...event, id: taken[0]?.id ?? event.id }));
    // Nothing that `prepare` lets through; the server is the last to look.
    const unreadable = facts(1).map((event) => ({ ...event, dataText: '{"n":"\\u0000"}' }));
    const bad = [
      refusalOf(log.append(someStream(), 'none', unreadable)),
      refusalOf(log.append(someStream(), 'none', stolenId)),
    ];
    const late = Array.from({ length: 20 }, () => log.append(someStream(), 'none', facts(1)));
    await holder.query('commit');

    expect(await Promise.all(bad)).toMatchObject([
      { code: 'refused_by_store' },
      { code: 'event_id_taken' },
    ]);
    expect(await Promise.all([waiting, ...good, ...late])).toHaveLength(41);
    const positions = (await eventsAfter(log, 0n)).map(({ position }) => position);
    expect(positions).toEqual(Array.from({ length: 42 }, (_, i) => BigInt(i + 1)));
    expect(batches.reduce((sum, { appends }) => sum + appends, 0)).toBe(42);
  });
});

describe('keeping the log append-only', () => {
  const CHANGES = [
    `update event set data = '{}'`,
    'update event set position = position + 1 where false',
    'delete from event',
    'delete from event where position = 1',
    'truncate event',
    'truncate event, log_head',
    'update log_head set position = 0',
    'update log_head set position = position',
    'delete from log_head',
    'truncate log_head',
    `merge into event using log_head on event.position = log_head.position when matched then delete`,
    `insert into event select * from event on conflict (position) do update set data = '{}'`,
  ];

  it.each(['tributary', 'tributary_app'])('refuses every change by %s', async (role) => {
    const log = await openLog();
    await log.append(someStream(), 'none', facts(2));
    const client = await openClient();
    await client.query(`set role ${role}`);
    for (const change of CHANGES) {
      const [outcome] = await Promise.allSettled([client.query(change)]);
      expect([
        change,
        outcome.status === 'rejected' && (outcome.reason as { code: string }).code,
      ]).toEqual([change, expect.stringMatching(/^(?:23001|42501)$/)]);
    }
    expect((await eventsAfter(log, 0n)).map(({ data }) => data)).toEqual([{ n: 0 }, { n: 1 }]);
    expect(await log.head()).toBe(2n);
  });

  it('lets the working role append and read, nothing else', async () => {
    const owner = await openLog();
    await owner.append(someStream(), 'none', facts(1));
    const working = new URL(url);
    working.username = 'tributary_app';
    const admin = await openClient();
    await admin.query(`alter role tributary_app password 'app'`);
    working.password = 'app';
    const client = await openClient(working.href);
    await expect(
      client.query('alter table event disable trigger append_only'),
    ).rejects.toMatchObject({ code: '42501' });
    await expect(client.query('drop table event')).rejects.toMatchObject({ code: '42501' });

    const database = await Database.open({ url: working.href, schema: 'log' });
    toClose.push(() => database.close());
    const log = await PostgresEventLog.open(database);
    toClose.push(() => log.close());
    expect(await log.append(someStream(), 'none', facts(2))).toMatchObject({ position: 3n });
    expect(await eventsAfter(log, 0n)).toHaveLength(3);
  });
});

describe('calling those who wait', () => {
  it('calls at most once per committed batch, never from inside it', async () => {
    const batches: WrittenBatch[] = [];
    const log = await openLog({ onBatch: (batch) => batches.push(batch) });
    const calls: (string | undefined)[] = [];
    const listener = await openClient();
    listener.on('notification', ({ payload }) => calls.push(payload));
    await listener.query('listen tributary_log_event');

    await Promise.all(
      Array.from({ length: 300 }, () => log.append(someStream(), 'none', facts(1))),
    );
    await until(() => calls.at(-1) === '300');
    expect(calls.length).toBeLessThanOrEqual(batches.length);
    expect(batches.length).toBeLessThan(300);
    expect(batches.reduce((sum, { events }) => sum + events, 0)).toBe(300);
  });

  it('delivers what others append also when no call comes', async () => {
    const reading = await openLog({ pollMs: 50 });
    const received: string[] = [];
    const subscription = reading.subscribe(0n);
    const consuming = (async () => {
      for await (const { events } of subscription) received.push(...events.map(({ id }) => id));
    })();
    const silent = await openClient();
    const writing = await openLog();
    const sent = facts(1);
    await writing.append(someStream(), 'none', sent);
    await until(() => received.length === 1);
    // Written past the log, so that nobody is called.
    await silent.query(`
      insert into event select position + 1, revision + 1, occurred_at, recorded_at, schema_version, command_index,
        gen_random_uuid(), command_id, causation_id, content_hash, stream, type, fingerprint, actor, correlation_id,
        trace_parent, data from event`);
    await silent.query('update log_head set position = position + 1');
    await until(() => received.length === 2);
    await subscription.close();
    await consuming;
  });
});

describe('appending from several processes', () => {
  it('loses nothing, reorders nothing and leaves no gap', async () => {
    const log = await openLog();
    const tenant = someTenant();
    const run = promisify(execFile);
    const script = join(__dirname, 'writer-process.fixture.ts');
    const outputs = await Promise.all(
      [60, 60].map((appends) =>
        run(process.execPath, ['--require', REGISTER, script, url, tenant, String(appends)], {
          timeout: 50_000,
        }),
      ),
    );
    const acknowledged = outputs.flatMap(({ stdout }) => JSON.parse(stdout) as string[]);
    const stored = await eventsAfter(log, 0n);
    expect(acknowledged).toHaveLength(240);
    expect(stored.map(({ id }) => id).sort()).toEqual(acknowledged.sort());
    expect(stored.map(({ position }) => position)).toEqual(stored.map((_, i) => BigInt(i + 1)));
    const shared = await everythingOf(log.read(streamOf('shared', tenant, 'a')));
    expect(shared.map(({ revision }) => revision)).toEqual(shared.map((_, i) => BigInt(i)));
    expect(shared).toHaveLength(120);
  });
});
