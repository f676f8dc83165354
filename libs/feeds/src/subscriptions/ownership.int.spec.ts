import { LiveProjection } from '../projections/live-projection';
import { register } from '../projections/versions';
import { balances, balancesIn, contextOf, TestLog, testDatabases, until } from '../feeds.fixture';
import type { Recorded } from '@tributary/kernel';
import { logFeed } from '../log-feed';
import type { Held } from './leases';
import { type OwnedCheckpoint, OwnedWork } from './owned-work';

const databases = testDatabases();

const expire = (name: string) =>
  `update subscription set lease_until = clock_timestamp() - interval '1 second' where name = '${name}'`;

describe('owning a subscription', () => {
  it('belongs to one at a time, and to the next at once after a clean release', async () => {
    const database = await databases.open();
    const [one, two] = [contextOf(database, 'one').leases, contextOf(database, 'two').leases];
    const held = (await one.acquire('s')) as Held;
    expect(await two.acquire('s')).toBeUndefined();
    await one.release(held);
    const next = (await two.acquire('s')) as Held;
    expect(next.epoch).toBe(held.epoch + 1n);
    await two.release(next);
  });

  it('goes to another when it has expired, and renewal tells the first', async () => {
    const database = await databases.open();
    const [one, two] = [contextOf(database, 'one', 300).leases, contextOf(database, 'two').leases];
    const held = (await one.acquire('s')) as Held;
    let next: Held | undefined;
    await until('the lease is seen as expired', async () => {
      await database.pool.query(expire('s'));
      next = await two.acquire('s');
      return next !== undefined;
    });
    await until('the first owner knows', () => held.lost.aborted);
    await one.release(held);
    expect(await one.acquire('s')).toBeUndefined();
    await two.release(next as unknown as Held);
  });

  it('is kept by renewal while nothing happens', async () => {
    const database = await databases.open();
    const [one, two] = [contextOf(database, 'one', 600).leases, contextOf(database, 'two').leases];
    const held = (await one.acquire('s')) as Held;
    const first = await leaseUntil();
    await until('it was renewed twice', async () => (await leaseUntil()) > first + 400);
    expect(await two.acquire('s')).toBeUndefined();
    await one.release(held);

    async function leaseUntil(): Promise<number> {
      const { rows } = await database.pool.query<{ ms: number }>(
        `select extract(epoch from lease_until)::float8 * 1000 as ms from subscription where name = 's'`,
      );
      return rows[0]?.ms ?? 0;
    }
  });

  it('does not let a fenced owner commit: neither rows nor checkpoint', async () => {
    const database = await databases.open();
    const log = new TestLog();
    const [one, two] = [contextOf(database, 'one'), contextOf(database, 'two')];
    await register(database, balances());
    const live = new LiveProjection(balances(), logFeed(log), one);
    const events = [await log.deposit('a', 5n)];
    const held = (await one.leases.acquire(live.name)) as Held;
    await database.pool.query(expire(live.name));
    const next = (await two.leases.acquire(live.name)) as Held;

    await expect(live.apply({ events, through: 1n, caughtUp: true }, held)).rejects.toMatchObject({
      code: 'fenced',
    });
    expect(await balancesIn(database)).toEqual({});
    await live.apply({ events, through: 1n, caughtUp: true }, next);
    expect(await balancesIn(database)).toEqual({ a: '5' });
    await one.leases.release(held);
    await two.leases.release(next);
  });

  it('applies every event once while two owners compete and lose the lease again and again', async () => {
    const database = await databases.open();
    const log = new TestLog();
    await register(database, balances());
    const contexts = [contextOf(database, 'one'), contextOf(database, 'two')];
    const runners = contexts.map((context) =>
      context.run(new LiveProjection(balances(), logFeed(log), context)),
    );
    for (let i = 0; i < 300; i++) {
      await log.deposit(i % 7, BigInt(i));
      if (i % 20 === 0) await database.pool.query(expire('balances_v1'));
    }
    await until('all is applied', async () => (await checkpoint()) === 300n);
    await Promise.all(runners.map((runner) => runner.stop()));

    expect(
      Object.values(await balancesIn(database)).reduce((sum, each) => sum + BigInt(each), 0n),
    ).toBe(44_850n);
    expect(contexts.flatMap(({ seen }) => seen.failures)).toEqual([]);

    async function checkpoint(): Promise<bigint> {
      const { rows } = await database.pool.query<{ position: string }>(
        'select position from subscription',
      );
      return BigInt(rows[0]?.position ?? 0);
    }
  });
});

describe('work that only one process may do', () => {
  it('stops also while it takes its lease, and leaves it to the next', async () => {
    const database = await databases.open();
    const context = contextOf(database);
    const neverDone = new Promise<void>(() => undefined);
    const work = new OwnedWork({
      ...context,
      name: 'relay',
      start: () => ({ done: neverDone, stop: () => Promise.resolve() }),
    });
    await work.stop();
    expect(await context.leases.acquire('relay')).toBeDefined();
  });

  it('goes on in another process, from the checkpoint, when the first one stops or is fenced', async () => {
    const database = await databases.open();
    const runs: string[] = [];
    const work = (name: string) => {
      const context = contextOf(database, name, 600);
      const start = (checkpoint: OwnedCheckpoint) => {
        let end = (): void => undefined;
        const stopped = new Promise<void>((resolve) => (end = resolve));
        const done = (async () => {
          const position = (await checkpoint.load()) + 1n;
          await checkpoint.save(position);
          runs.push(`${name} ${position}`);
          await stopped;
        })();
        return { done, stop: () => Promise.resolve(end()) };
      };
      return new OwnedWork({ ...context, name: 'relay', start });
    };
    const one = work('one');
    await until('one works', () => runs.length === 1);
    const two = work('two');
    await one.stop();
    await until('two works', () => runs.length === 2);
    await two.stop();
    expect(runs).toEqual(['one 1', 'two 2']);
  });
});

describe('losing the connection in the middle of a commit', () => {
  it('leaves neither rows nor checkpoint behind, and applies the batch once afterwards', async () => {
    const database = await databases.open();
    const log = new TestLog();
    const context = contextOf(database);
    await register(database, balances());
    await log.deposit('a', 1n);
    const runner = context.run(new LiveProjection(balances(), logFeed(log), context));
    await until('the first is applied', async () => (await balancesIn(database))['a'] === '1');

    // The statement has moved the checkpoint and now waits for the row that we hold.
    const blocker = await database.pool.connect();
    await blocker.query('begin');
    await blocker.query('select * from balance_v1 for update');
    await log.deposit('a', 10n);
    let pids: number[] = [];
    await until('the commit waits', async () => {
      const { rows } = await blocker.query<{ pid: number }>(
        `select pid from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock' and query like 'with moved%'`,
      );
      pids = rows.map(({ pid }) => pid);
      return pids.length === 1;
    });
    await blocker.query('select pg_terminate_backend($1)', [pids[0]]);
    await until('the runner has noticed', () => context.seen.failures.length > 0);
    const { rows } = await blocker.query<{ position: string }>('select position from subscription');
    expect(rows).toEqual([{ position: '1' }]);
    await blocker.query('rollback');
    blocker.release();

    await until('the second is applied', async () => (await balancesIn(database))['a'] === '11');
    await log.deposit('a', 100n);
    await until('the third is applied', async () => (await balancesIn(database))['a'] === '111');
    await runner.stop();
  });

  it('goes on from its checkpoint after a restart, without waiting for the end of the lease', async () => {
    const database = await databases.open();
    const log = new TestLog();
    await register(database, balances());
    const applied: Recorded[] = [];
    for (let round = 1; round <= 3; round++) {
      applied.push(await log.deposit('a', 1n));
      const context = contextOf(database, `process ${round}`);
      const runner = context.run(new LiveProjection(balances(), logFeed(log), context));
      await until('it is applied', async () => (await balancesIn(database))['a'] === String(round));
      await runner.stop();
    }
    expect(applied).toHaveLength(3);
  });
});
