import { Module } from '@nestjs/common';
import { ENTITY, PERIOD_CLOSED, PERIOD_SOFT_CLOSED } from '@tributary/contracts';
import { PostgresEventLog, postgresLogMigrations } from '@tributary/event-log';
import {
  type JsonObject,
  type Recorded,
  instant,
  msOf,
  parseStreamName,
  prepare,
  resolvePeriod,
  uuidV5,
} from '@tributary/kernel';
import {
  type Order,
  type OrderAnswer,
  type ServiceDefinition,
  ServiceModule,
  type Serving,
  coreSettings,
  serve,
} from '@tributary/platform';
import { collectingLogger, testMasterKey } from '@tributary/platform/testing';
import { Database } from '@tributary/postgres';
import { type TestPostgres, startTestPostgres } from '@tributary/testing';
import { LedgerModule } from '../src/ledger.module';

const registry: ServiceDefinition = {
  name: 'partners',
  categories: ['entity'],
  publication: {
    owner: 'partners',
    version: 1,
    types: ['EntityRegistered'],
    publish: ({ data }) => ({ type: ENTITY, data }),
  },
};

/** Stands in for the service that publishes entities, so that these tests depend on no service but this one. */
@Module({ imports: [ServiceModule.of(registry)] })
class RegistryModule {}

/** What became of the orders of the ledger; nothing, unless a test says otherwise. */
let payouts: (order: Order) => Promise<OrderAnswer> = () => Promise.resolve({ kind: 'nothing' });

/** Stands in for the service that closes months. */
@Module({
  imports: [
    ServiceModule.of({
      name: 'payouts',
      categories: ['period'],
      orders: { owner: 'payouts', take: () => (order) => payouts(order) },
    }),
  ],
})
class PayoutsDoor {}

export interface Happened {
  readonly stream: string;
  readonly type: string;
  readonly at: string;
  /** When the log records it; left out, when it happened. */
  readonly recorded?: string;
  readonly data?: JsonObject;
  readonly because?: string;
}

export type Answer = Readonly<Record<string, unknown>>;

const KNOWN_LIMIT_MS = 30_000;

/** A ledger at work over a log that the test writes, as any service would. */
export class TestBooks {
  private readonly revisions = new Map<string, bigint>();
  private recordedAtMs = 0;
  position = 0n;

  private constructor(
    private readonly postgres: TestPostgres,
    readonly serving: Serving,
    private readonly address: string,
    private readonly database: Database,
    private readonly keys: Readonly<Record<string, string>>,
    readonly lines: readonly string[],
    readonly url: string,
  ) {}

  private log!: PostgresEventLog;

  static async open(settingsToo: Readonly<Record<string, string>> = {}): Promise<TestBooks> {
    const postgres = await startTestPostgres();
    const url = await postgres.freshDatabase();
    const { logger, lines } = collectingLogger('error');
    const settings = coreSettings.read({
      PORT: '0',
      DATABASE_URL: url,
      PRIVACY_MASTER_KEY: testMasterKey,
      ...settingsToo,
    });
    const modules = [RegistryModule, PayoutsDoor, LedgerModule];
    const serving = await serve({ name: 'ledger', modules, settings, logger });
    const keys: Record<string, string> = {};
    for (const role of ['finance', 'auditor', 'admin', 'programme'] as const) {
      const issued = await serving.keys.issueKey({ tenant: 'acme', role, label: 'test' });
      keys[role] = issued.key;
    }
    const ofPartner = { tenant: 'acme', role: 'partner', partnerId: 'p1', label: 'test' } as const;
    keys['partner'] = (await serving.keys.issueKey(ofPartner)).key;
    const other = await serving.keys.issueKey({ tenant: 'rival', role: 'finance', label: 'test' });
    keys['rival'] = other.key;
    const database = await Database.open({ url, schema: 'log', migrations: postgresLogMigrations });
    const address = await serving.listen();
    const books = new TestBooks(postgres, serving, address, database, keys, lines, url);
    books.log = await PostgresEventLog.open(database, { now: () => books.recordedAtMs });
    return books;
  }

  async close(): Promise<void> {
    await this.serving.close();
    await this.log.close();
    await this.database.close();
    await this.postgres.stop();
  }

  /** From here on the orders of the ledger come to this. */
  takeOrders(handler: (order: Order) => Promise<OrderAnswer>): void {
    payouts = handler;
  }

  /** To export it. */
  get source(): Pick<PostgresEventLog, 'readAll'> {
    return this.log;
  }

  /** The whole log. */
  async everything(): Promise<Recorded[]> {
    const events: Recorded[] = [];
    for await (const batch of this.log.readAll(0n)) events.push(...batch.events);
    return events;
  }

  /** Appends one event and gives its id. */
  async happen(event: Happened): Promise<string> {
    const [id] = await this.happenAtOnce([event]);
    return id as string;
  }

  /** What one decision appends to its stream, recorded with the first of them. */
  async happenAtOnce(happened: readonly [Happened, ...Happened[]]): Promise<string[]> {
    const [{ stream, at: first, recorded = first, because }] = happened;
    const last = this.revisions.get(stream);
    const next = (last ?? -1n) + 1n;
    const ids = happened.map((_, i) => uuidV5('test', stream, String(next + BigInt(i))));
    const [commandId] = ids as [string];
    const cause = {
      commandId,
      fingerprint: 'f',
      actor: 'key:test',
      causationId: because ?? null,
      correlationId: `c-${stream}`,
      traceParent: null,
    };
    this.recordedAtMs = msOf(instant(recorded));
    const events = happened.map(({ type, data = {}, at }, i) =>
      prepare({ type, data, occurredAt: instant(at) }, cause, i, ids[i] as string),
    );
    const appended = await this.log.append(parseStreamName(stream), last ?? 'none', events);
    this.revisions.set(stream, appended.revision);
    if (appended.position > this.position) this.position = appended.position;
    return ids;
  }

  async entity(entity: string, zone: string, currency: string): Promise<void> {
    const value = { name: entity, currency, zone };
    await this.happen({
      stream: `entity-acme.${entity}`,
      type: 'EntityRegistered',
      at: '2026-01-01T00:00:00Z',
      data: { entity, steps: [{ at: '2026-01-01T00:00:00.000Z', value }] },
    });
    await this.untilKnown(entity);
  }

  /** Its zone comes through an inbox, for which no question about the books waits. */
  private async untilKnown(entity: string): Promise<void> {
    const giveUpMs = performance.now() + KNOWN_LIMIT_MS;
    for (;;) {
      const found = await this.database.pool.query(
        'select from ledger.entity where tenant = $1 and entity = $2',
        ['acme', entity],
      );
      if (found.rowCount === 1) return;
      if (performance.now() > giveUpMs) throw new Error(`The ledger has not heard of ${entity}.`);
      await new Promise((done) => setTimeout(done, 10));
    }
  }

  async cut(how: 'closed' | 'soft', entity: string, zone: string, key: string, at: string) {
    return await this.happen({
      stream: `period-acme.${entity}.${key.replace('-', '')}`,
      type: how === 'soft' ? PERIOD_SOFT_CLOSED : PERIOD_CLOSED,
      at,
      data: { entity, period: resolvePeriod(zone, key), by: 'key:test' },
    });
  }

  /** Waits for everything that was appended. */
  get(path: string, role = 'finance'): Promise<Answer> {
    return this.ask(path, role).then((response) => response.json() as Promise<Answer>);
  }

  async text(path: string, accept = '*/*'): Promise<string> {
    return (await this.ask(path, 'auditor', accept)).text();
  }

  async ask(path: string, role = 'finance', accept = 'application/json'): Promise<Response> {
    const at = /[?&](?:position|after)=/.test(path) ? '' : `position=${this.position}`;
    const joined = at === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${at}`;
    const headers = { authorization: `Bearer ${this.keys[role]}`, accept };
    return await this.fetch(`/v1/ledger/${joined}`, headers);
  }

  /** Of any path, as this role. */
  async at(path: string, role = 'auditor'): Promise<Response> {
    return await this.fetch(path, { authorization: `Bearer ${this.keys[role]}` });
  }

  private fetch(path: string, headers: Record<string, string>): Promise<Response> {
    return fetch(`${this.address}${path}`, { headers });
  }

  async post(path: string, body: object): Promise<Answer> {
    const response = await fetch(`${this.address}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.keys['admin']}`,
        'content-type': 'application/json',
        'idempotency-key': path,
      },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Answer;
  }
}

type Dimensions = Readonly<Record<string, string>>;

/** A balanced entry: the debits, then the credits, each as account and amount. */
export const entryOf = (
  asset: string,
  entity: string,
  debits: Readonly<Record<string, bigint>>,
  credits: Readonly<Record<string, bigint>>,
  more: Dimensions = {},
) => ({
  legs: [
    ...Object.entries(debits).map(([account, amount]) =>
      legOf(account, 'debit', amount, asset, entity, more),
    ),
    ...Object.entries(credits).map(([account, amount]) =>
      legOf(account, 'credit', amount, asset, entity, more),
    ),
  ],
});

const legOf = (
  account: string,
  side: 'credit' | 'debit',
  amount: bigint,
  asset: string,
  entity: string,
  more: Dimensions,
) => ({
  account,
  side,
  amount: String(amount),
  asset,
  dimensions: { entity, programme: 'main', ...more },
});
