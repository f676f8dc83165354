import { parseStreamName, tenantOf, uuidV5 } from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import {
  account,
  balances,
  balancesIn,
  Seen,
  TestLog,
  testDatabases,
  until,
} from './feeds.fixture';
import { Feeds } from './feeds';
import type { FeedsOptions } from './feeds-options';
import { keyedTable } from './projections/keyed-table';
import { projection } from './projections/projection';
import type { Publication } from './published/publication';
import { waitForStage } from './read-your-writes';
import { reaction } from './reactions/reaction';

const databases = testDatabases();

const publication: Publication = {
  owner: 'attribution',
  version: 1,
  types: ['Deposited', 'Noted'],
  publish: ({ type, data }) =>
    type === 'Deposited'
      ? { type: 'attribution.line-credited.v1', data: { amount: data['amount'] } }
      : undefined,
};

const received = projection({
  name: 'received',
  version: 1,
  events: {
    'attribution.line-credited.v1': { $stream: 'text', $correlationId: 'text', amount: 'bigint' },
  },
  tables: {
    received: keyedTable({ key: { account: 'text' }, adds: ['amount_minor'] }),
    stage: keyedTable({ key: { correlation_id: 'text', stage: 'text' } }),
  },
  rows: ({ $stream, $correlationId, amount }) => ({
    received: [{ account: $stream, amount_minor: amount }],
    stage: [{ correlation_id: $correlationId, stage: 'credited' }],
  }),
});

const options = (database: Database, log: TestLog, seen: Seen): FeedsOptions => ({
  service: 'test',
  database,
  log,
  observer: seen,
  owner: 'process',
});

describe('two services in one process', () => {
  it('carries a fact from the log of the one into the rows of the other, exactly once', async () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
    console.info(`SEED=${seed}`);
    const [upper, lower] = [await databases.open('upper'), await databases.open('lower')];
    const log = new TestLog();
    const seen = new Seen();
    const dispatched: string[] = [];
    const up = await Feeds.start({
      ...options(upper, log, seen),
      categories: ['account'],
      publication,
      projections: [balances()],
    });
    const following = reaction<string, { 'attribution.line-credited.v1': { amount: string } }>({
      name: 'following',
      on: { 'attribution.line-credited.v1': ({ stream, revision }) => [`${stream}@${revision}`] },
      target: (command) =>
        parseStreamName(command.slice(0, command.indexOf('@')).replace('account', 'follow')),
      dispatch: (command) => {
        dispatched.push(command);
        return Promise.resolve({ kind: 'accepted' });
      },
    });
    const down = await Feeds.start({
      ...options(lower, log, seen),
      categories: ['follow'],
      inboxProjections: [received],
      inboxReactions: [following],
      upstreams: [
        { owner: 'attribution', reader: up.published, via: 'table', wake: up.published.committed },
      ],
      shuffleSeed: seed,
    });

    for (let i = 0; i < 60; i++) {
      await log.deposit(i % 5, BigInt(i));
      if (i % 3 === 0) await log.happen(account(i % 5), 'Noted', {});
    }
    await until(
      'all has arrived',
      async () => sumOf(await balancesIn(lower, 'received')) === 1770n,
    );
    await until('all is dispatched', () => dispatched.length === 60);
    const perStream = dispatched.filter((each) => each.startsWith(account(2)));
    expect(perStream).toEqual(
      [...perStream].sort((a, b) => Number(a.split('@')[1]) - Number(b.split('@')[1])),
    );
    expect(await up.waitUntil(['balances'], await log.head(), 20_000)).toBe(true);
    expect(sumOf(await balancesIn(upper))).toBe(1770n);

    const correlationId = `c-${account(1)}`;
    const stagesReached = async () => {
      const { rows } = await lower.pool.query<{ stage: string }>(
        'select stage from stage where correlation_id = $1',
        [correlationId],
      );
      return rows.map(({ stage }) => stage);
    };
    const tenant = tenantOf(parseStreamName(account(1)));
    expect(
      await waitForStage(lower, { tenant, correlationId }, ['credited'], stagesReached, {
        timeoutMs: 20_000,
      }),
    ).toEqual({ kind: 'reached', stage: 'credited' });
    // What another tenant has parked under the same correlation id is not ours to see.
    await lower.pool.query(
      `insert into parked (subscription, stream, position, revision, event_id, event_type, tenant, correlation_id, code, reason, facts, queued)
       values ('elsewhere', 'account-other.x', 1, 0, $2, 'Noted', 'other', $1, 'theirs', '', '{}', 0)`,
      [correlationId, uuidV5('parked', correlationId)],
    );
    const paidOf = async (of: string) =>
      await waitForStage(lower, { tenant: of, correlationId }, ['paid'], stagesReached, {
        timeoutMs: 0,
      });
    expect([await paidOf(tenant), await paidOf('other')]).toEqual([
      undefined,
      { kind: 'parked', code: 'theirs' },
    ]);
    const { subscriptions, gaps } = await down.status();
    expect(gaps).toBe(0);
    expect(
      subscriptions.map(({ name, state, lag, parked }) => ({ name, state, lag, parked })),
    ).toEqual([
      { name: 'received_v1', state: 'running', lag: 0n, parked: 0 },
      { name: 'following', state: 'running', lag: 0n, parked: 0 },
    ]);
    await Promise.all([down.stop(), up.stop()]);
    expect(seen.failures).toEqual([]);
  });
});

describe('publishing', () => {
  it('gives each event the revision that was published before it, also at the edges of pages', async () => {
    const database = await databases.open();
    const log = new TestLog();
    const feeds = await Feeds.start({ ...options(database, log, new Seen()), publication });
    await log.deposit('a', 1n);
    await log.happen(account('a'), 'Noted', {});
    await log.deposit('b', 2n);
    await log.deposit('a', 3n);
    await log.happen(account('b'), 'Noted', {});
    await until(
      'all is looked at',
      async () => (await feeds.published.after(0n, 10)).through === 5n,
    );

    const all = (await feeds.published.after(0n, 10)).events;
    expect(
      all.map(({ position, revision, previous, stream }) => [position, revision, previous, stream]),
    ).toEqual([
      [1n, 0n, null, account('a')],
      [3n, 0n, null, account('b')],
      [4n, 2n, 0n, account('a')],
    ]);
    const paged = [];
    for (let after = 0n; after < 5n;) {
      const { events, through } = await feeds.published.after(after, 1);
      paged.push(...events);
      after = through;
    }
    expect(paged).toEqual(all);
    expect(await feeds.published.ofStream(account('a'), 0n)).toEqual([all[2]]);
    expect(await feeds.published.ofStream(account('a'), null)).toEqual([all[0], all[2]]);
    await feeds.stop();
  });

  it('finds the place of a type that is made public later, and disturbs nobody', async () => {
    const database = await databases.open();
    const log = new TestLog();
    const seen = new Seen();
    const first = await Feeds.start({ ...options(database, log, seen), publication });
    await log.deposit('a', 1n);
    await log.happen(account('a'), 'Noted', { text: 'x' });
    await log.deposit('a', 2n);
    await until(
      'all is published',
      async () => (await first.published.after(0n, 10)).through === 3n,
    );
    await first.stop();

    const second: Publication = {
      ...publication,
      version: 2,
      publish: ({ type, data }) => ({ type: `attribution.${type.toLowerCase()}.v1`, data }),
    };
    const feeds = await Feeds.start({ ...options(database, log, seen), publication: second });
    await until(
      'the new version is live',
      async () => (await feeds.published.after(0n, 10)).events.length === 3,
    );
    expect(
      (await feeds.published.after(0n, 10)).events.map(({ revision, previous }) => [
        revision,
        previous,
      ]),
    ).toEqual([
      [0n, null],
      [1n, 0n],
      [2n, 1n],
    ]);
    await log.deposit('a', 3n);
    await until(
      'it goes on',
      async () => (await feeds.published.after(3n, 10)).events.length === 1,
    );
    await feeds.stop();
    expect(seen.failures).toEqual([]);
  });
});

describe('reading your own write', () => {
  it('waits for the rows, in the owning process and in another one', async () => {
    const database = await databases.open();
    const log = new TestLog();
    const one = await Feeds.start({
      ...options(database, log, new Seen()),
      projections: [balances()],
    });
    const two = await Feeds.start({
      ...options(database, log, new Seen()),
      projections: [balances()],
      owner: 'standby',
    });
    for (let i = 0; i < 5; i++) {
      const { position } = await log.deposit('a', 1n);
      expect(await (i % 2 === 0 ? one : two).waitUntil(['balances'], position, 20_000)).toBe(true);
      expect(await balancesIn(database)).toEqual({ a: String(i + 1) });
    }
    // Events that concern no projection move it as well.
    const { position } = await log.happen(account('a'), 'Noted', {});
    expect(await one.waitUntil(['balances'], position, 20_000)).toBe(true);
    expect(await two.waitUntil(['balances'], position, 20_000)).toBe(true);
    expect(await one.waitUntil(['balances'], position + 1n, 50)).toBe(false);
    await Promise.all([one.stop(), two.stop()]);
  });
});

describe('a service that starts', () => {
  it('brings a new version up beside the live one, and readers switch over', async () => {
    const database = await databases.open();
    const log = new TestLog();
    for (let i = 0; i < 30; i++) await log.deposit(i % 3, 1n);
    const old = await Feeds.start({
      ...options(database, log, new Seen()),
      projections: [balances()],
    });
    expect(await old.waitUntil(['balances'], 30n, 20_000)).toBe(true);
    await old.stop();

    const feeds = await Feeds.start({
      ...options(database, log, new Seen()),
      projections: [balances(2)],
    });
    await log.deposit(0, 1n);
    expect(await feeds.waitUntil(['balances'], 31n, 20_000)).toBe(true);
    expect(await balancesIn(database)).toEqual({ 0: '11', 1: '10', 2: '10' });
    expect(await feeds.rebuild('balances', { compare: true })).toMatchObject({
      swapped: true,
      comparison: [{ equal: true }],
    });
    await feeds.stop();
  });

  it('shows a parked stream, resumes and discards it through one door', async () => {
    const database = await databases.open();
    const log = new TestLog();
    const feeds = await Feeds.start({
      ...options(database, log, new Seen()),
      projections: [balances()],
    });
    await log.deposit('a', 'much');
    expect(await feeds.waitUntil(['balances'], 1n, 20_000)).toBe(true);
    expect((await feeds.status()).subscriptions).toMatchObject([
      { name: 'balances_v1', parked: 1 },
    ]);
    expect(await feeds.resume('balances_v1', account('a'), 'ana')).toMatchObject({
      parkedAgain: 'field_unreadable',
    });
    await expect(feeds.discard('balances_v1', account('a'), 'ana', ' ')).rejects.toMatchObject({
      code: 'reason_missing',
    });
    expect(await feeds.discard('balances_v1', account('a'), 'ana', 'nonsense')).toEqual({
      applied: 0,
      parkedAgain: undefined,
    });
    expect(await feeds.parking.list()).toEqual([]);
    await feeds.stop();
  });
});

const sumOf = (amounts: Readonly<Record<string, string>>): bigint =>
  Object.values(amounts).reduce((sum, each) => sum + BigInt(each), 0n);
