import type { EventLog } from '@tributary/event-log';
import { type FeedObserver, Feeds, keyedTable, projection } from '@tributary/feeds';
import type { Database } from '@tributary/postgres';

const PROJECTION = 'balance';
const CATCH_UP_LIMIT_MS = 600_000;

/** What each partner has in each month: the read model that all ways of projecting are measured with. */
const balance = projection({
  name: PROJECTION,
  version: 1,
  events: { CommissionPosted: { partnerId: 'text', period: 'text', amount: 'bigint' } },
  tables: {
    balance: keyedTable({
      key: { partner_id: 'text', period: 'text' },
      adds: ['amount_minor', 'lines'],
    }),
  },
  rows({ partnerId, period, amount }) {
    const row = { partner_id: partnerId, period, amount_minor: amount, lines: 1n };
    return { balance: [row] };
  },
});

export interface Balances {
  readonly total: bigint;
  readonly lines: bigint;
}

/** One service's feeds with that projection alone. */
export class BalanceFeed {
  private constructor(
    readonly database: Database,
    private readonly feeds: Feeds,
    private readonly log: EventLog,
  ) {}

  /** Every failure is kept and thrown by `stop`: a figure that hides errors is none. */
  static async start(
    database: Database,
    log: EventLog,
    onCommitted: (through: bigint) => void = () => undefined,
  ): Promise<BalanceFeed> {
    const started: { feeds?: Feeds } = {};
    const observer: FeedObserver = {
      failed: (part, error) => console.error(`${part} failed:`, error),
      applied: (subscription) => {
        const through = started.feeds?.progress.of(subscription);
        if (through !== undefined) onCommitted(through);
      },
    };
    started.feeds = await Feeds.start({
      service: 'bench',
      database,
      log,
      projections: [balance],
      observer,
      owner: 'bench',
    });
    return new BalanceFeed(database, started.feeds, log);
  }

  async catchUp(): Promise<void> {
    await this.reach(await this.log.head());
  }

  async reach(position: bigint): Promise<void> {
    const reached = await this.feeds.waitUntil([PROJECTION], position, CATCH_UP_LIMIT_MS);
    if (!reached) throw new Error(`The projection did not reach ${position}.`);
  }

  async rebuild(): Promise<void> {
    const { swapped } = await this.feeds.rebuild(PROJECTION);
    if (!swapped) throw new Error('The rebuilt tables were not swapped in.');
  }

  balances(): Promise<Balances> {
    return balancesIn(this.database, 'balance');
  }

  async stop(): Promise<void> {
    await this.feeds.stop();
    await this.database.close();
  }
}

export async function balancesIn(database: Database, table: string): Promise<Balances> {
  const { rows } = await database.pool.query<{ total: string; lines: string }>(
    `select coalesce(sum(amount_minor), 0)::text as total, coalesce(sum(lines), 0)::text as lines from ${table}`,
  );
  const [{ total, lines } = { total: '0', lines: '0' }] = rows;
  return { total: BigInt(total), lines: BigInt(lines) };
}

export function assertBalances(what: string, found: Balances, expected: Balances): void {
  if (found.total === expected.total && found.lines === expected.lines) return;
  throw new Error(
    `${what}: ${found.lines} lines add up to ${found.total}, not ${expected.lines} to ${expected.total}.`,
  );
}
