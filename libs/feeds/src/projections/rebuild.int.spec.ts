import { parseStreamName } from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import {
  account,
  balances,
  balancesIn,
  contextOf,
  TestLog,
  testDatabases,
  until,
} from '../feeds.fixture';
import { logFeed } from '../log-feed';
import { waitForStage } from '../read-your-writes';
import { Parking } from '../subscriptions/parking';
import { LiveProjection } from './live-projection';
import { keyedTable } from './keyed-table';
import { projection, type Projection } from './projection';
import { rebuild } from './rebuild';
import { liveVersion, register } from './versions';

const databases = testDatabases();

const seen = projection({
  name: 'seen',
  version: 1,
  events: { Named: { name: 'text' }, '*': { amount: 'bigint?' } },
  tables: {
    seen: keyedTable({
      key: { position: 'bigint' },
      sets: { type: 'text', amount: 'bigint?', name: 'text?' },
      writtenOnce: true,
    }),
  },
  rows(event) {
    const row = { position: event.$position, type: event.$type };
    return {
      seen: [{ ...row, ...('name' in event ? { name: event.name } : { amount: event.amount }) }],
    };
  },
});

/** Counts, and reads no amount. */
const mended = (version: number) =>
  projection({
    name: 'balances',
    version,
    events: { Deposited: { $stream: 'text' } },
    tables: { balance: keyedTable({ key: { account: 'text' }, adds: ['deposits'] }) },
    rows: ({ $stream }) => ({ balance: [{ account: $stream, deposits: 1n }] }),
  });

async function started(database: Database, log: TestLog, projection: Projection = balances()) {
  const context = contextOf(database);
  await register(database, projection);
  const live = new LiveProjection(projection, logFeed(log), context);
  const runner = context.run(live);
  const reached = (position: bigint) =>
    until(`${position} is reached`, () => (context.progress.of(live.name) ?? 0n) >= position);
  return { live, reached, context, feed: logFeed(log), stop: () => runner.stop() };
}

async function tablesIn(database: Database): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'service'::regnamespace and relname like 'balance%' and relkind in ('r', 'v') order by 1`,
  );
  return rows.map(({ name }) => name);
}

describe('rebuilding a projection', () => {
  it('gives the rows of the live path for a projection of every type, whoever wrote them', async () => {
    const database = await databases.open();
    const log = new TestLog();
    await log.deposit(1, 5n);
    const { live, context, feed, reached, stop } = await started(database, log, seen);
    await log.happen(parseStreamName('draw-acme.1'), 'Drawn', { amount: '7' });
    await log.happen(parseStreamName('draw-acme.2'), 'Closed', {});
    await log.happen(parseStreamName('period-acme.1'), 'Named', { name: 'March' });
    const head = await log.head();
    await reached(head);

    const rows = async () =>
      (await database.pool.query('select type, amount, name from seen order by position')).rows;
    const expected = [
      { type: 'Deposited', amount: '5', name: null },
      { type: 'Drawn', amount: '7', name: null },
      { type: 'Closed', amount: null, name: null },
      { type: 'Named', amount: null, name: 'March' },
    ];
    expect(await rows()).toEqual(expected);
    const report = await rebuild(context, live.projection, feed, { compare: true });
    expect(report).toMatchObject({ events: 4, swapped: true });
    expect(report.comparison).toMatchObject([{ table: 'seen', rows: 4, equal: true }]);
    expect(await rows()).toEqual(expected);
    await stop();
  });

  it('gives the rows of the live path while events keep coming, and swaps without losing one', async () => {
    const database = await databases.open();
    const log = new TestLog();
    for (let i = 0; i < 500; i++) await log.deposit(i % 11, BigInt(i));
    const { context, feed, reached, stop } = await started(database, log);
    await reached(500n);

    let writing = true;
    const writer = (async () => {
      for (let i = 500; writing || i < 600; i++) {
        await log.deposit(i % 11, BigInt(i));
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    for (let round = 0; round < 3; round++) {
      const report = await rebuild(context, balances(), feed, { compare: true });
      expect(report).toMatchObject({ swapped: true, parkedStreams: 0 });
      expect(report.comparison).toMatchObject([{ table: 'balance', rows: 11, equal: true }]);
    }
    writing = false;
    await writer;
    const head = await log.head();
    await reached(head);
    const sum = Object.values(await balancesIn(database)).reduce(
      (total, each) => total + BigInt(each),
      0n,
    );
    expect(sum).toBe((head * (head - 1n)) / 2n);
    expect(await tablesIn(database)).toEqual(['balance', 'balance_v1']);
    expect(context.seen.failures).toEqual([]);
    await stop();
  });

  it('mends a table that somebody changed by hand, and tells by how many rows it differed', async () => {
    const database = await databases.open();
    const log = new TestLog();
    for (let i = 0; i < 20; i++) await log.deposit(i % 4, BigInt(i));
    const { context, feed, reached, stop } = await started(database, log);
    await reached(20n);
    const right = await balancesIn(database);
    await database.pool.query(`update balance_v1 set amount_minor = 0 where account = $1`, [
      account(1),
    ]);
    await database.pool.query(`delete from balance_v1 where account = $1`, [account(2)]);

    const onlyCompared = await rebuild(context, balances(), feed, { compare: true, swap: false });
    expect(onlyCompared).toMatchObject({
      swapped: false,
      comparison: [{ equal: false, onlyLive: 1, onlyRebuilt: 2 }],
    });
    expect(await balancesIn(database)).not.toEqual(right);
    expect(await tablesIn(database)).toEqual(['balance', 'balance_v1']);

    await rebuild(context, balances(), feed);
    expect(await balancesIn(database)).toEqual(right);
    await stop();
  });

  it('fills a new version beside the live one and keeps the old for a way back', async () => {
    const database = await databases.open();
    const log = new TestLog();
    for (let i = 0; i < 50; i++) await log.deposit(i % 4, BigInt(i));
    const first = await started(database, log);
    await first.reached(50n);
    expect(await register(database, balances(2))).toBe('behind');
    const progress: bigint[] = [];
    Object.assign(first.context.seen, {
      rebuilding: ({ through }: { through: bigint }) => progress.push(through),
    });
    await rebuild(first.context, balances(2), first.feed);
    expect(progress.at(-1)).toBe(50n);
    expect(await liveVersion(database.pool, 'balances')).toBe(2);
    expect(await tablesIn(database)).toEqual(['balance', 'balance_v1', 'balance_v2']);
    expect(await register(database, balances(1))).toBe('ahead');

    const second = await started(database, log, balances(2));
    await log.deposit(0, 1000n);
    await Promise.all([first.reached(51n), second.reached(51n)]);
    expect(await balancesIn(database)).toEqual(await balancesIn(database, 'balance_v1'));
    await first.stop();
    await rebuild(second.context, balances(3), second.feed);
    expect(await tablesIn(database)).toEqual(['balance', 'balance_v2', 'balance_v3']);
    await second.stop();
  });

  it('is refused where a newer version is live, so that the way back stays', async () => {
    const database = await databases.open();
    const log = new TestLog();
    await log.deposit('a', 1n);
    const { context, feed, reached, stop } = await started(database, log);
    await reached(1n);
    await rebuild(context, balances(2), feed);
    await expect(rebuild(context, balances(), feed)).rejects.toMatchObject({
      code: 'projection_outdated',
      facts: { version: 1, live: 2 },
    });
    await log.deposit('a', 2n);
    await reached(2n);
    expect(await balancesIn(database, 'balance_v1')).toEqual({ a: '3' });
    await stop();
  });

  it('leaves everything as it was when it is cancelled', async () => {
    const database = await databases.open();
    const log = new TestLog();
    for (let i = 0; i < 1200; i++) await log.deposit(i % 4, 1n);
    const { context, feed, reached, stop } = await started(database, log);
    await reached(1200n);
    const before = await balancesIn(database);
    const cancel = new AbortController();
    Object.assign(context.seen, { rebuilding: () => cancel.abort() });
    await expect(
      rebuild(context, balances(), feed, { signal: cancel.signal }),
    ).rejects.toMatchObject({ code: 'rebuild_cancelled' });
    expect(await balancesIn(database)).toEqual(before);
    expect(await tablesIn(database)).toEqual(['balance', 'balance_v1']);
    // Its lease is free again.
    await rebuild(context, balances(), feed);
    await stop();
  });

  it('is refused while another one runs', async () => {
    const database = await databases.open();
    const { context, feed, stop } = await started(database, new TestLog());
    const held = await context.leases.acquire('rebuild_balances');
    await expect(rebuild(contextOf(database, 'two'), balances(), feed)).rejects.toMatchObject({
      code: 'rebuild_running',
    });
    if (held) await context.leases.release(held);
    await stop();
  });

  it('parks what the live path parks, forgets what it no longer has to, and leaves out what was discarded', async () => {
    const database = await databases.open();
    const log = new TestLog();
    const { live, context, feed, reached, stop } = await started(database, log);
    await log.deposit('a', 1n);
    await log.deposit('a', 'much');
    await log.deposit('a', 2n);
    await log.deposit('b', 'a lot');
    await log.deposit('b', 7n);
    await reached(5n);
    await live.resume(account('b'), { status: 'discarded', by: 'ana', reason: 'nonsense' });

    const report = await rebuild(context, balances(), feed, { compare: true });
    expect(report).toMatchObject({ parkedStreams: 1, comparison: [{ equal: true }] });
    expect(await balancesIn(database)).toEqual({ a: '1', b: '7' });
    expect(await new Parking(database).list()).toMatchObject([
      { stream: account('a'), revision: 1n, queued: 1 },
    ]);

    await log.deposit('a', 3n);
    await reached(6n);
    expect(await new Parking(database).list()).toMatchObject([{ stream: account('a'), queued: 2 }]);
    await stop();
  });

  it('parks what the database refuses, as the live path does', async () => {
    const database = await databases.open();
    const log = new TestLog();
    const { context, feed, reached, stop } = await started(database, log);
    const most = '9223372036854775807';
    for (const [id, amount] of [
      ['a', '1'],
      ['b', most],
      ['c', '2'],
      ['b', '1'],
      ['b', '7'],
    ] as const)
      await log.deposit(id, amount);
    // More than are gone through one by one.
    for (let i = 0; i < 220; i++) await log.deposit('c', '2');
    for (let i = 0; i < 3; i++) await log.deposit('d', most);
    await log.deposit('a', '4');
    await reached(229n);
    const right = { a: '5', b: most, c: '442', d: most };
    const waiting = [
      { stream: account('b'), revision: 1n, queued: 1, facts: { sqlState: '22003' } },
      { stream: account('d'), revision: 1n, queued: 1 },
    ];
    expect(await balancesIn(database)).toEqual(right);
    expect(await new Parking(database).list()).toMatchObject(waiting);

    const report = await rebuild(context, balances(), feed, { compare: true });
    expect(report).toMatchObject({ parkedStreams: 2, comparison: [{ equal: true }] });
    await rebuild(context, balances(2), feed);
    expect(await balancesIn(database)).toEqual(right);
    expect(await new Parking(database).list()).toMatchObject(waiting);
    await stop();
  });

  it('leaves nobody waiting for what only an older version had parked', async () => {
    const database = await databases.open();
    const log = new TestLog();
    const { context, feed, reached, stop } = await started(database, log);
    await log.deposit('a', 'much');
    await log.deposit('b', 1n);
    await reached(2n);
    const parking = new Parking(database);
    const streamsOpen = async () => (await parking.list()).map(({ subscription }) => subscription);
    const correlated = { tenant: 'acme', correlationId: `c-${account('a')}` };
    const waited = () => {
      const nothingReached = () => Promise.resolve([]);
      return waitForStage(database, correlated, ['any'], nothingReached, { timeoutMs: 0 });
    };
    expect(await streamsOpen()).toEqual(['balances_v1']);
    expect(await waited()).toEqual({ kind: 'parked', code: 'field_unreadable' });

    await rebuild(context, mended(2), feed);
    expect(await streamsOpen()).toEqual([]);
    expect(await waited()).toBeUndefined();
    // The old one goes on knowing it, as long as it is kept.
    expect(await parking.streamsOf('balances_v1')).toEqual(new Set([account('a')]));
    await stop();
    await rebuild(context, mended(3), feed);
    expect(await parking.streamsOf('balances_v1')).toEqual(new Set());
    expect(await parking.list({ status: 'rebuilt' })).toMatchObject([{ stream: account('a') }]);
  });

  it('refuses to start with another declaration under the same version', async () => {
    const database = await databases.open();
    await register(database, balances());
    const changed = { ...balances(), declaration: 'another' };
    await expect(register(database, changed)).rejects.toMatchObject({ code: 'projection_changed' });
  });
});
