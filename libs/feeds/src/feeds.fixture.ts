import { MemoryEventLog } from '@tributary/event-log';
import {
  instantOfMs,
  type JsonObject,
  parseStreamName,
  prepare,
  type Recorded,
  type StreamName,
  uuidV5,
} from '@tributary/kernel';
import { Database } from '@tributary/postgres';
import { startTestPostgres, type TestPostgres } from '@tributary/testing';
import { feedMigrations } from './migrations';
import type { FeedObserver, Gap } from './observer';
import { keyedTable } from './projections/keyed-table';
import { projection } from './projections/projection';
import { LateCheckpoints } from './subscriptions/late-checkpoints';
import { Leases } from './subscriptions/leases';
import { Progress } from './subscriptions/progress';
import { type Subscriber, SubscriptionRunner } from './subscriptions/runner';
import { pause } from './wake';

/** One server per suite, one database per test. */
export function testDatabases() {
  const open: Database[] = [];
  let postgres: TestPostgres;
  let url = '';
  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  beforeEach(async () => {
    url = await postgres.freshDatabase();
  });
  afterEach(async () => {
    for (const database of open.splice(0)) await database.close();
  });
  afterAll(() => postgres.stop());
  return {
    async open(schema = 'service'): Promise<Database> {
      const database = await Database.open({ url, schema, migrations: feedMigrations });
      open.push(database);
      return database;
    },
  };
}

/** Remembers what happened, so that a test can ask for it. */
export class Seen implements FeedObserver {
  readonly failures: unknown[] = [];
  readonly parkedStreams: string[] = [];
  readonly fencedNames: string[] = [];
  readonly gaps: Gap[] = [];

  failed(_part: string, error: unknown): void {
    this.failures.push(error);
  }

  parked(_subscription: string, stream: string): void {
    this.parkedStreams.push(stream);
  }

  fenced(subscription: string): void {
    this.fencedNames.push(subscription);
  }

  gap(gap: Gap): void {
    this.gaps.push(gap);
  }
}

export const account = (id: string | number): StreamName => parseStreamName(`account-acme.${id}`);

/** A log in memory with a short way of appending. */
export class TestLog extends MemoryEventLog {
  private readonly revisions = new Map<StreamName, bigint>();

  constructor() {
    super({ now: () => Date.UTC(2026, 0, 1) });
  }

  async happen(stream: StreamName, type: string, data: JsonObject): Promise<Recorded> {
    const last = this.revisions.get(stream);
    const revision = (last ?? -1n) + 1n;
    const commandId = uuidV5(stream, String(revision));
    const cause = {
      commandId,
      fingerprint: 'f',
      actor: 'test',
      causationId: null,
      correlationId: `c-${stream}`,
      traceParent: null,
    };
    const event = prepare(
      { type, data, occurredAt: instantOfMs(Date.UTC(2026, 0, 1)) },
      cause,
      0,
      commandId,
    );
    await this.append(stream, last ?? 'none', [event]);
    this.revisions.set(stream, revision);
    return (await this.eventsOf(stream, revision))[0] as Recorded;
  }

  deposit(id: string | number, amount: bigint | string, currency = 'EUR'): Promise<Recorded> {
    return this.happen(account(id), 'Deposited', { amount: String(amount), currency });
  }

  async eventsOf(stream: StreamName, from = 0n): Promise<Recorded[]> {
    const events: Recorded[] = [];
    for await (const event of this.read(stream, from)) events.push(event);
    return events;
  }
}

/** Sums deposits per account and currency. */
export const balances = (version = 1) =>
  projection({
    name: 'balances',
    version,
    events: { Deposited: { $stream: 'text', amount: 'bigint', currency: 'text' } },
    tables: {
      balance: keyedTable({
        key: { account: 'text', currency: 'text' },
        adds: ['amount_minor', 'deposits'],
        sets: { last_position: 'bigint' },
      }),
    },
    rows({ $stream, $position, amount, currency }) {
      return {
        balance: [
          {
            account: $stream,
            currency,
            amount_minor: amount,
            deposits: 1n,
            last_position: $position,
          },
        ],
      };
    },
  });

export interface BalanceRow {
  readonly account: string;
  readonly amount: string;
  readonly deposits: string;
}

export async function balancesIn(
  database: Database,
  table = 'balance',
): Promise<Record<string, string>> {
  const { rows } = await database.pool.query<BalanceRow>(
    `select account, amount_minor as amount from ${table} order by account`,
  );
  return Object.fromEntries(
    rows.map(({ account: of, amount }) => [of.slice(of.indexOf('.') + 1), amount]),
  );
}

export function contextOf(database: Database, owner = 'one', ttlMs = 15_000, seen = new Seen()) {
  const leases = new Leases(database, { owner, ttlMs, observer: seen });
  const progress = new Progress();
  const late = new LateCheckpoints(database);
  const context = { database, leases, late, progress, observer: seen, standbyMs: 50, ttlMs };
  return {
    ...context,
    seen,
    run: (subscriber: Subscriber) => new SubscriptionRunner(subscriber, context),
  };
}

/** Waits for a state, never for a time. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs = 30_000,
): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`Waited in vain until ${what}.`);
    await pause(10);
  }
}
