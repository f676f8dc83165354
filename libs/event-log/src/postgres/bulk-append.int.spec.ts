import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { JsonObject, StreamAppend } from '@tributary/kernel';
import { Database } from '@tributary/postgres';
import { startTestPostgres, type TestPostgres } from '@tributary/testing';
import {
  eventsAfter,
  everythingOf,
  facts,
  said,
  someId,
  someStream,
  someTenant,
} from '../contract/facts.fixture';
import { CuttingProxy } from './cutting-proxy.fixture';
import { postgresLogMigrations } from './migrations';
import { PostgresEventLog } from './postgres-event-log';

const REGISTER = join(__dirname, '../../../testing/register-typescript.cjs');

let postgres: TestPostgres;
let url: string;
const toClose: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  postgres = await startTestPostgres();
});

beforeEach(async () => {
  url = await postgres.freshDatabase();
});

afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

afterAll(() => postgres.stop());

async function openDatabase(through: string): Promise<Database> {
  const database = await Database.open({
    url: through,
    schema: 'log',
    migrations: postgresLogMigrations,
  });
  toClose.push(() => database.close());
  return database;
}

async function openLog(through = url, giveUpAfterMs = 60_000): Promise<PostgresEventLog> {
  const log = await PostgresEventLog.open(await openDatabase(through), { giveUpAfterMs });
  toClose.push(() => log.close());
  return log;
}

async function openProxy(): Promise<CuttingProxy> {
  const proxy = await CuttingProxy.start(url);
  toClose.push(() => proxy.stop());
  return proxy;
}

/** The last position that came by COPY: only a COPY moves the sequence. */
async function lastCopied(): Promise<bigint> {
  const database = await openDatabase(url);
  const { rows } = await database.query<{ last: string | null }>(
    'select case when is_called then last_value end as last from event_position',
  );
  return BigInt(rows[0]?.last ?? 0);
}

const newStreams = (count: number, events = 2): StreamAppend[] =>
  Array.from({ length: count }, () => ({
    stream: someStream(),
    expected: 'none',
    events: facts(events),
  }));

const written = (appends: readonly StreamAppend[], after = 0n) =>
  appends.map(({ events }, i) => ({
    status: 'fulfilled',
    value: { revision: 1n, position: after + BigInt((i + 1) * events.length), replayed: false },
  }));

const upTo = (count: number): bigint[] => Array.from({ length: count }, (_, i) => BigInt(i + 1));

async function positionsOf(log: PostgresEventLog): Promise<bigint[]> {
  return (await eventsAfter(log, 0n)).map(({ position }) => position);
}

describe('filling a log with new streams', () => {
  it('copies them, in the order in which they were handed in', async () => {
    const log = await openLog();
    await log.append(someStream(), 'none', facts(1));
    const appends = newStreams(300);
    expect(await log.appendMany(appends)).toEqual(written(appends, 1n));

    expect(await lastCopied()).toBe(601n);
    expect(await log.head()).toBe(601n);
    expect(await positionsOf(log)).toEqual(upTo(601));
    expect(await log.append(someStream(), 'none', facts(1))).toMatchObject({ position: 602n });
    expect(await lastCopied()).toBe(601n);
  });

  it('stores the same as single appends do', async () => {
    const log = await openLog();
    const data: JsonObject[] = [
      { text: 'Ä € 😀 "quoted" \\ back\nslash', n: 0, deep: [{ a: null }] },
      { long: 'ü'.repeat(25_000) },
    ];
    const cause = {
      causationId: someId(),
      traceParent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      correlationId: 'Auftrag-ß',
      actor: 'ö'.repeat(200),
    };
    const single = [...said(data, { cause }), ...said(data)];
    const copied = single.map((event) => ({ ...event, id: someId() }));
    const [one, other] = [someStream(), someStream()];
    await log.append(one, 'none', single);
    await log.appendMany([{ stream: other, expected: 'none', events: copied }, ...newStreams(5)]);
    expect(await lastCopied()).toBe(18n);

    const same = async (stream: typeof one) =>
      (await everythingOf(log.read(stream))).map((event) => ({
        ...event,
        id: '',
        stream: '',
        tenant: '',
        position: 0n,
        recordedAt: '',
      }));
    expect(await same(other)).toEqual(await same(one));
  });

  it('copies nothing where there are only a few', async () => {
    const log = await openLog();
    const appends = newStreams(3);
    expect(await log.appendMany(appends)).toEqual(written(appends));
    expect(await lastCopied()).toBe(0n);
  });

  it('judges each append where one stream is not new, and harms no neighbour', async () => {
    const log = await openLog();
    const [taken, repeated] = [newStreams(1), newStreams(1)];
    await log.appendMany([...taken, ...repeated]);
    const strangers = newStreams(40);
    const contradicting = { ...newStreams(1)[0], stream: taken[0]?.stream } as StreamAppend;
    const stolen = {
      ...newStreams(1)[0],
      events: facts(1).map((event) => ({ ...event, id: taken[0]?.events[0]?.id ?? '' })),
    } as StreamAppend;
    const verdicts = await log.appendMany([
      ...strangers.slice(0, 20),
      contradicting,
      ...repeated,
      stolen,
      ...strangers.slice(20),
    ]);

    expect(verdicts.slice(20, 23)).toMatchObject([
      { status: 'rejected', reason: { code: 'revision_conflict' } },
      { status: 'fulfilled', value: { revision: 1n, position: 4n, replayed: true } },
      { status: 'rejected', reason: { code: 'event_id_taken' } },
    ]);
    expect([...verdicts.slice(0, 20), ...verdicts.slice(23)]).toEqual(written(strangers, 4n));
    expect(await positionsOf(log)).toEqual(upTo(84));
  });

  it('finds what it copied again when the answer was lost', async () => {
    const proxy = await openProxy();
    const log = await openLog(proxy.url);
    const appends = newStreams(300);
    proxy.cutNextAnswer();
    expect(await log.appendMany(appends)).toEqual(written(appends));
    expect(proxy.answersCut).toBe(1);
    expect(await positionsOf(log)).toEqual(upTo(600));
  });

  it('copies once when the connection is lost among the rows', async () => {
    const proxy = await openProxy();
    const log = await openLog(proxy.url);
    const appends = newStreams(300);
    proxy.cutNextCopy();
    expect(await log.appendMany(appends)).toEqual(written(appends));
    expect(proxy.copiesCut).toBe(1);
    expect(await lastCopied()).toBe(600n);
    expect(await positionsOf(log)).toEqual(upTo(600));
  });

  it('says unavailable when it may not try again', async () => {
    const proxy = await openProxy();
    const log = await openLog(proxy.url, 0);
    const appends = newStreams(300);
    proxy.cutNextCopy();
    const verdicts = await log.appendMany(appends);
    expect(verdicts).toHaveLength(300);
    for (const verdict of verdicts)
      expect(verdict).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    expect(await log.head()).toBe(0n);
    expect(await log.appendMany(appends)).toEqual(written(appends));
  });
});

describe('filling a log from several processes while others append', () => {
  it('loses nothing and leaves no gap', async () => {
    const log = await openLog();
    const tenant = someTenant();
    const script = join(__dirname, 'writer-process.fixture.ts');
    const outputs = await Promise.all(
      [20, 20].map((appends) =>
        promisify(execFile)(
          process.execPath,
          ['--require', REGISTER, script, url, tenant, String(appends), '4'],
          { timeout: 50_000, maxBuffer: 16 * 1024 * 1024 },
        ),
      ),
    );
    const acknowledged = outputs.flatMap(({ stdout }) => JSON.parse(stdout) as string[]);
    const stored = await eventsAfter(log, 0n);
    expect(acknowledged).toHaveLength(2 * (20 + 4 * 300) * 2);
    expect(stored.map(({ id }) => id).sort()).toEqual(acknowledged.sort());
    expect(stored.map(({ position }) => position)).toEqual(upTo(stored.length));
    expect(await log.head()).toBe(BigInt(stored.length));
  });
});
