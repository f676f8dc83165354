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
import type { FeedEvent } from '../feed';
import { logFeed } from '../log-feed';
import { findParked, Parking } from '../subscriptions/parking';
import { LiveProjection } from './live-projection';
import { register } from './versions';

const databases = testDatabases();

async function started(database: Database, log: TestLog) {
  const context = contextOf(database);
  await register(database, balances());
  const live = new LiveProjection(balances(), logFeed(log), context);
  const runner = context.run(live);
  const reached = (position: bigint) =>
    until(`${position} is reached`, () => (context.progress.of(live.name) ?? 0n) >= position);
  return { live, reached, context, stop: () => runner.stop() };
}

const by = { by: 'ana', reason: null };

describe('a projection that cannot apply an event', () => {
  it('parks its stream alone, counts what queues behind, and applies it all in order when resumed', async () => {
    const database = await databases.open();
    const log = new TestLog();
    const { live, reached, context, stop } = await started(database, log);
    await log.deposit('a', 1n);
    await log.deposit('b', 1n);
    // An amount that no bigint column holds is refused by the database, which names no row.
    await log.deposit('a', '9223372036854775807');
    await log.deposit('a', 3n);
    await log.deposit('b', 10n);
    await log.deposit('a', 4n);
    await reached(6n);

    expect(await balancesIn(database)).toEqual({ a: '1', b: '11' });
    const parked = await findParked(database.pool, live.name, account('a'));
    expect(parked).toMatchObject({
      position: 3n,
      revision: 1n,
      queued: 2,
      code: 'projection_failed',
      facts: { sqlState: '22003' },
    });
    expect(context.seen.parkedStreams).toEqual([account('a')]);

    // As if the arithmetic had been mended: the balance has room again.
    await database.pool.query(`update balance_v1 set amount_minor = -100 where account = $1`, [
      account('a'),
    ]);
    expect(await live.resume(account('a'), { status: 'resumed', ...by })).toEqual({
      applied: 3,
      parkedAgain: undefined,
    });
    expect((await balancesIn(database))['a']).toBe('9223372036854775714');
    await log.deposit('a', -14n);
    await reached(7n);
    expect((await balancesIn(database))['a']).toBe('9223372036854775700');
    await stop();
  });

  it('parks it again where it fails again, with what came before applied', async () => {
    const database = await databases.open();
    const log = new TestLog();
    const { live, reached, stop } = await started(database, log);
    await log.deposit('a', 'much');
    await log.deposit('a', 2n);
    await log.deposit('a', 'more');
    await log.deposit('a', 4n);
    await reached(4n);
    expect(await live.resume(account('a'), { status: 'resumed', ...by })).toEqual({
      applied: 0,
      parkedAgain: 'field_unreadable',
    });
    expect(
      await live.resume(account('a'), { status: 'discarded', by: 'ana', reason: 'not a number' }),
    ).toEqual({
      applied: 1,
      parkedAgain: 'field_unreadable',
    });
    expect(await balancesIn(database)).toEqual({ a: '2' });
    expect(await findParked(database.pool, live.name, account('a'))).toMatchObject({
      revision: 2n,
      queued: 1,
    });
    const discarded = await new Parking(database).list({ status: 'discarded' });
    expect(discarded).toMatchObject([
      { revision: 0n, closedBy: 'ana', closedReason: 'not a number' },
    ]);
    expect(
      await new Parking(database).list({ correlationId: `c-${account('a')}`, status: 'parked' }),
    ).toHaveLength(1);
    await stop();
  });

  it('finds the one event that the database refuses among many', async () => {
    const database = await databases.open();
    const log = new TestLog();
    for (let i = 0; i < 400; i++)
      await log.deposit(i, i === 137 || i === 138 ? '9223372036854775808' : BigInt(i));
    const { reached, context, stop } = await started(database, log);
    await reached(400n);
    expect(context.seen.parkedStreams).toEqual([account(137), account(138)]);
    expect(Object.keys(await balancesIn(database))).toHaveLength(398);
    await stop();
  });

  it('loses nothing when a stream is resumed while its events keep coming', async () => {
    const database = await databases.open();
    const log = new TestLog();
    const { live, reached, context, stop } = await started(database, log);
    await log.deposit('a', 'much');
    await reached(1n);
    let sum = 0n;
    for (let i = 1n; i <= 200n; i++) {
      await log.deposit('a', i);
      sum += i;
      if (i === 100n)
        await live.resume(account('a'), { status: 'discarded', by: 'ana', reason: 'not a number' });
    }
    await reached(201n);
    expect(await balancesIn(database)).toEqual({ a: String(sum) });
    expect(context.seen.failures).toEqual([]);
    await stop();
  });

  it('says so when there is nothing to resume', async () => {
    const database = await databases.open();
    const { live, stop } = await started(database, new TestLog());
    await expect(live.resume(account('a'), { status: 'resumed', ...by })).rejects.toMatchObject({
      code: 'not_parked',
    });
    await stop();
  });

  it('stands still instead where a late row would be overlooked', async () => {
    const database = await databases.open();
    const log = new TestLog();
    const context = contextOf(database);
    await register(database, balances());
    const live = new LiveProjection({ ...balances(), onPoison: 'halt' }, logFeed(log), context);
    const runner = context.run(live);
    await log.deposit('a', 'much');
    await log.deposit('b', 1n);
    await until('it says why', () => context.seen.failures.length > 0);
    expect(context.seen.failures[0]).toMatchObject({
      code: 'halted_at_poison',
      facts: { stream: account('a') },
    });
    expect(runner.state).toBe('failing');
    expect(await balancesIn(database)).toEqual({});
    await runner.stop();
  });
});

describe('picking what a projection declared', () => {
  it('hands over nothing else, so that a missing declaration shows at once', () => {
    const event = { ...balances(), type: 'Deposited' } as unknown as FeedEvent;
    expect(() => balances().rowsOf({ ...event, data: { currency: 'EUR' } })).toThrow(/amount/);
  });
});
