import { Module } from '@nestjs/common';
import { ENTITY, PERIOD_CLOSED, PERIOD_SOFT_CLOSED } from '@tributary/contracts';
import { PostgresEventLog, postgresLogMigrations } from '@tributary/event-log';
import {
  type JsonObject,
  instant,
  msOf,
  parseStreamName,
  prepare,
  resolvePeriod,
  uuidV5,
} from '@tributary/kernel';
import {
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
    const modules = [RegistryModule, LedgerModule];
    const serving = await serve({ name: 'ledger', modules, settings, logger });
    const keys: Record<string, string> = {};
    for (const role of ['finance', 'auditor', 'admin', 'programme'] as const) {
      const issued = await serving.keys.issueKey({ tenant: 'acme', role, label: 'test' });
      keys[role] = issued.key;
    }
    const other = await serving.keys.issueKey({ tenant: 'rival', role: 'finance', label: 'test' });
    keys['rival'] = other.key;
    const database = await Database.open({ url, schema: 'log', migrations: postgresLogMigrations });
    const address = await serving.listen();
    const books = new TestBooks(postgres, serving, address, database, keys, lines);
    books.log = await PostgresEventLog.open(database, { now: () => books.recordedAtMs });
    return books;
  }

  async close(): Promise<void> {
    await this.serving.close();
    await this.log.close();
    await this.database.close();
    await this.postgres.stop();
  }

  /** Appends one event and gives its id. */
  async happen({ stream, type, at, recorded = at, data = {}, because }: Happened): Promise<string> {
    const last = this.revisions.get(stream);
    const revision = (last ?? -1n) + 1n;
    const id = uuidV5('test', stream, String(revision));
    const cause = {
      commandId: id,
      fingerprint: 'f',
      actor: 'key:test',
      causationId: because ?? null,
      correlationId: `c-${stream}`,
      traceParent: null,
    };
    this.recordedAtMs = msOf(instant(recorded));
    const event = prepare({ type, data, occurredAt: instant(at) }, cause, 0, id);
    const appended = await this.log.append(parseStreamName(stream), last ?? 'none', [event]);
    this.revisions.set(stream, revision);
    this.position = appended.position;
    return id;
  }

  async entity(entity: string, zone: string, currency: string): Promise<void> {
    const value = { name: entity, currency, zone };
    await this.happen({
      stream: `entity-acme.${entity}`,
      type: 'EntityRegistered',
      at: '2026-01-01T00:00:00Z',
      data: { entity, steps: [{ at: '2026-01-01T00:00:00.000Z', value }] },
    });
  }

  async cut(how: 'closed' | 'soft', entity: string, zone: string, key: string, at: string) {
    await this.happen({
      stream: `period-acme.${entity}.${key.replace('-', '')}`,
      type: how === 'soft' ? PERIOD_SOFT_CLOSED : PERIOD_CLOSED,
      at,
      data: { entity, period: resolvePeriod(zone, key) },
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
