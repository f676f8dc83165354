import { Database } from '@tributary/postgres';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { balances, balancesIn, contextOf, TestLog, until } from '../feeds.fixture';
import { logFeed } from '../log-feed';
import { feedMigrations } from '../migrations';
import { LiveProjection } from '../projections/live-projection';
import { register } from '../projections/versions';
import type { Held } from './leases';

/** What follows from a feed is committed without waiting for the disk, so a crash of its server alone takes it back. */
describe('a server that crashes before it has written what it answered', () => {
  let postgres: TestPostgres;
  let database: Database;
  const log = new TestLog();

  beforeAll(async () => {
    postgres = await startTestPostgres({ own: true, settings: { synchronous_commit: 'on' } });
    const url = await postgres.freshDatabase();
    database = await Database.open({ url, schema: 'feeds', migrations: feedMigrations });
    await register(database, balances());
  });
  afterAll(async () => {
    await database.close();
    await postgres.stop();
  });

  /** Nothing but the commits that are waited for reaches the disk from here on. */
  async function nothingIsWrittenByItself(): Promise<void> {
    const { rows } = await database.pool.query<{ pid: number }>(
      `select pid from pg_stat_activity where backend_type = 'walwriter'`,
    );
    process.kill(rows[0]?.pid ?? 0, 'SIGSTOP');
  }

  async function crash(): Promise<void> {
    await postgres.server?.kill();
    await postgres.server?.restart();
  }

  it('is noticed by the next commit, and whoever begins again makes the same rows', async () => {
    const context = contextOf(database);
    const { leases, late } = context;
    const live = new LiveProjection(balances(), logFeed(log), context);
    const held = (await leases.acquire(live.name)) as Held;
    const first = await log.deposit('a', 5n);
    await nothingIsWrittenByItself();
    await live.apply({ events: [first], through: 1n, caughtUp: true }, held);
    expect(await balancesIn(database)).toEqual({ a: '5' });
    await crash();

    expect(await balancesIn(database)).toEqual({});
    const second = await log.deposit('a', 2n);
    const lost = { code: 'checkpoint_lost', facts: { known: 1n, found: 0n } };
    await expect(
      live.apply({ events: [second], through: 2n, caughtUp: true }, held),
    ).rejects.toMatchObject(lost);
    late.note(held, 2n);
    await expect(late.save(held)).rejects.toMatchObject(lost);
    late.forget(held);
    expect(await balancesIn(database)).toEqual({});

    await leases.release(held);
    const next = (await leases.acquire(live.name)) as Held;
    expect(next.position).toBe(0n);
    await live.apply({ events: [first, second], through: 2n, caughtUp: true }, next);
    expect(await balancesIn(database)).toEqual({ a: '7' });
    await leases.release(next);
  });

  it('is noticed where nothing more is to be committed', async () => {
    const context = contextOf(database);
    const runner = context.run(new LiveProjection(balances(), logFeed(log), context));
    await until('it is followed', () => context.progress.of('balances_v1') === 2n);
    const { rows } = await database.pool.query<{ epoch: string }>('select epoch from subscription');
    await nothingIsWrittenByItself();
    await log.deposit('b', 3n);
    await until('it was seen', async () => (await balancesIn(database))['b'] === '3');
    await crash();

    await until('it is seen again', async () => (await balancesIn(database))['b'] === '3');
    const after = await database.pool.query<{ epoch: string }>('select epoch from subscription');
    expect(BigInt(after.rows[0]?.epoch ?? 0)).toBeGreaterThan(BigInt(rows[0]?.epoch ?? 0));
    await runner.stop();
  });
});
