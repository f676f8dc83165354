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
import { Parking } from '../subscriptions/parking';
import { LiveProjection } from './live-projection';
import { register } from './versions';

const databases = testDatabases();
const EVENTS = 20_500;

describe('a projection that is far behind', () => {
  it('catches up from declared fields, parks what it must, and goes on live', async () => {
    const database = await databases.open();
    const log = new TestLog();
    for (let i = 0; i < EVENTS; i++) await log.deposit(i % 50, i === 10_007 ? 'much' : '1');
    const context = contextOf(database);
    await register(database, balances());
    const feed = logFeed(log);
    const live = new LiveProjection(balances(), feed, context);
    const wholeEvents = jest.spyOn(feed, 'subscribe');
    const runner = context.run(live);
    await until('it is there', () => (context.progress.of(live.name) ?? 0n) >= BigInt(EVENTS));
    expect(wholeEvents).toHaveBeenCalledWith(BigInt(EVENTS), ['Deposited']);
    expect(await new Parking(database).list()).toMatchObject([
      {
        stream: account(7),
        position: 10_008n,
        revision: 200n,
        queued: 209,
        code: 'field_unreadable',
      },
    ]);
    expect(await balancesIn(database)).toMatchObject({ 6: '410', 7: '200', 8: '410' });

    await log.deposit(6, 5n);
    await log.deposit(7, 5n);
    await until('it goes on', () => (context.progress.of(live.name) ?? 0n) >= BigInt(EVENTS + 2));
    expect(
      await live.resume(account(7), { status: 'discarded', by: 'ana', reason: 'not a number' }),
    ).toEqual({
      applied: 210,
      parkedAgain: undefined,
    });
    expect(await balancesIn(database)).toMatchObject({ 6: '415', 7: '414' });
    expect(context.seen.failures).toEqual([]);
    await runner.stop();
  });
});
