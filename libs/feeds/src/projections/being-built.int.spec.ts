import type { Database } from '@tributary/postgres';
import { Feeds } from '../feeds';
import {
  account,
  balances,
  balancesIn,
  contextOf,
  Seen,
  TestLog,
  testDatabases,
  until,
} from '../feeds.fixture';
import { reaction } from '../reactions/reaction';
import { keyedTable } from './keyed-table';
import { projection } from './projection';

const databases = testDatabases();

/** The same, with a table and a column that the first version did not have. */
const second = projection({
  ...{ name: 'balances', version: 2 },
  events: { Deposited: { $stream: 'text', amount: 'bigint', currency: 'text' } },
  tables: {
    balance: keyedTable({
      key: { account: 'text', currency: 'text' },
      adds: ['amount_minor', 'largest_minor'],
    }),
    depositor: keyedTable({ key: { account: 'text' } }),
  },
  rows: ({ $stream, amount, currency }) => ({
    balance: [{ account: $stream, currency, amount_minor: amount }],
    depositor: [{ account: $stream }],
  }),
});

const failureOf = async (database: Database, statement: string): Promise<unknown> =>
  await database.query(statement).then(
    () => undefined,
    (error: unknown) => error,
  );

describe('reading what a new version will show', () => {
  it('has to wait while it is filled, and parks nobody', async () => {
    const database = await databases.open();
    const log = new TestLog();
    const seen = new Seen();
    const options = { service: 'test', database, log, observer: seen, owner: 'process' };
    const before = await Feeds.start({ ...options, projections: [balances()] });
    const { position } = await log.deposit(1, 10n);
    expect(await before.waitUntil(['balances'], position, 30_000)).toBe(true);
    await before.stop();

    // Somebody else is filling it and does not come to an end.
    const { leases } = contextOf(database, 'another');
    const filling = await leases.acquire('rebuild_balances');
    const counted: number[] = [];
    const greeting = reaction<never, { Deposited: { amount: string } }>({
      name: 'greeting',
      on: {
        Deposited: async () => {
          counted.push((await database.query('select * from depositor')).rows.length);
          return [];
        },
      },
      target: () => account(1),
      dispatch: () => Promise.resolve({ kind: 'accepted' }),
    });
    const feeds = await Feeds.start({ ...options, projections: [second], reactions: [greeting] });
    await until('the reaction has tried', () => seen.failures.length > 1);
    const [table, column] = [
      await failureOf(database, 'select * from depositor'),
      await failureOf(database, 'select b.largest_minor from balance b'),
    ];
    expect([table, column].map((error) => feeds.isBeingBuilt(error))).toEqual([true, true]);
    for (const wrong of ['select * from nowhere', 'select amount from balance', 'select 1 / 0'])
      expect(feeds.isBeingBuilt(await failureOf(database, wrong))).toBe(false);
    expect(await balancesIn(database)).toEqual({ 1: '10' });
    expect([counted, seen.parkedStreams]).toEqual([[], []]);

    if (filling) await leases.release(filling);
    await until('the reaction has read it', () => counted.length > 0);
    expect(counted).toEqual([1]);
    expect(seen.parkedStreams).toEqual([]);
    await until('it is built', () => !feeds.isBeingBuilt(table));
    expect(await failureOf(database, 'select largest_minor from balance')).toBeUndefined();
    await feeds.stop();
  });
});
