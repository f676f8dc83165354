import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Type } from '@nestjs/common';
import { AttributionModule } from '@tributary/attribution';
import { CommissionModule } from '@tributary/commission';
import { OWNERS } from '@tributary/contracts';
import type { Recorded } from '@tributary/kernel';
import { LedgerModule } from '@tributary/ledger';
import { type Role, type Serving, ServiceRuntime, coreSettings, serve } from '@tributary/platform';
import { collectingLogger, testMasterKey } from '@tributary/platform/testing';
import { Client } from 'pg';
import { PartnersModule } from '@tributary/partners';
import { PayoutsModule } from '@tributary/payouts';
import { TierEvaluationModule } from '@tributary/tier-evaluation';
import {
  eventStoreKind,
  kafkaMissing,
  startEventStore,
  startKafkaBroker,
  startTestPostgres,
} from '@tributary/testing';
import { SERVICES } from '../src/standalone.module';

export const TENANT = 'acme';

/** The product as one test sees it: where its services answer, and keys for each. */
export interface Deployed {
  readonly partners: Site;
  readonly attribution: Site;
  readonly tierEvaluation: Site;
  readonly commission: Site;
  readonly payouts: Site;
  readonly ledger: Site;
  readonly logLines: readonly string[];
  /** Every row of every table of every service, as text. */
  rows(): Promise<string>;
  /** Where Kafka keeps what it was told; undefined where it is not ours to look into. */
  readonly kafkaFolder: string | undefined;
  /** Ends the reading side and starts it again, as a deployment would. */
  restartTierEvaluation(): Promise<void>;
  stop(): Promise<void>;
}

/** Who holds a key, and its role. Two of finance, because some decisions take two persons. */
const PEOPLE = {
  admin: 'admin',
  auditor: 'auditor',
  finance: 'finance',
  programme: 'programme',
  treasurer: 'finance',
  upstream: 'upstream',
} as const satisfies Readonly<Record<string, Role>>;

export interface Site {
  readonly url: string;
  readonly keys: Readonly<Record<keyof typeof PEOPLE, string>>;
  readonly serving: Serving;
  /** Every event, as whoever reads the log gets it. */
  log(): AsyncIterable<Recorded>;
}

export interface Profile {
  readonly name: string;
  /** Why it cannot be had on this machine. */
  readonly missing: string | undefined;
  deploy(): Promise<Deployed>;
}

export const embedded: Profile = { name: 'embedded', missing: undefined, deploy: deployEmbedded };

export const distributed: Profile = {
  name: `distributed (Kafka, EventStoreDB: ${eventStoreKind()})`,
  missing: kafkaMissing(),
  deploy: deployDistributed,
};

const TOKEN = randomUUID();
const { logger, lines: logLines } = collectingLogger('info');

async function deployEmbedded(): Promise<Deployed> {
  const postgres = await startTestPostgres();
  const settings = { DATABASE_URL: await postgres.freshDatabase() };
  const shuffleSeed = seed();
  let site = await open('standalone', SERVICES, settings, shuffleSeed);
  return {
    get partners() {
      return site;
    },
    get attribution() {
      return site;
    },
    get tierEvaluation() {
      return site;
    },
    get commission() {
      return site;
    },
    get payouts() {
      return site;
    },
    get ledger() {
      return site;
    },
    logLines,
    rows: () => rowsOf([settings.DATABASE_URL]),
    kafkaFolder: undefined,
    async restartTierEvaluation() {
      await site.serving.close();
      site = await open('standalone', SERVICES, settings, shuffleSeed);
    },
    async stop() {
      await site.serving.close();
      await postgres.stop();
    },
  };
}

async function deployDistributed(): Promise<Deployed> {
  const [postgres, kafka, eventStore] = await Promise.all([
    startTestPostgres(),
    startKafkaBroker(),
    startEventStore(),
  ]);
  if (!kafka.available) throw new Error(kafka.reason);
  const shared = {
    EVENT_LOG: 'eventstoredb',
    EVENTSTORE_URL: eventStore.url,
    FEEDS: 'kafka',
    KAFKA_BROKERS: kafka.brokers.join(','),
    SERVICE_TOKEN: TOKEN,
  };
  const databases: string[] = [];
  // Some listen to one another, so all of them know where each will answer before the first one does.
  const ports = await freePorts(Object.keys(ALONE));
  const OWNER_URLS = [...OWNERS, 'ledger']
    .map((owner) => `${owner}=http://127.0.0.1:${ports.get(owner === 'tiers' ? TIERS : owner)}`)
    .join(',');
  /** Each with a database of its own. */
  const alone = async (name: keyof typeof ALONE) => {
    const DATABASE_URL = await postgres.freshDatabase();
    databases.push(DATABASE_URL);
    const PORT = ports.get(name) ?? '0';
    const start = () => open(name, [ALONE[name]], { ...shared, DATABASE_URL, OWNER_URLS, PORT });
    return { site: await start(), start };
  };
  const { site: partners } = await alone('partners');
  const { site: attribution } = await alone('attribution');
  const tiers = await alone(TIERS);
  const { site: commission } = await alone('commission');
  const { site: payouts } = await alone('payouts');
  const { site: ledger } = await alone('ledger');
  let tierEvaluation = tiers.site;
  return {
    partners,
    attribution,
    get tierEvaluation() {
      return tierEvaluation;
    },
    commission,
    payouts,
    ledger,
    logLines,
    rows: () => rowsOf(databases),
    kafkaFolder: 'folder' in kafka ? kafka.folder : undefined,
    async restartTierEvaluation() {
      await tierEvaluation.serving.close();
      tierEvaluation = await tiers.start();
    },
    async stop() {
      const sites = [ledger, payouts, commission, tierEvaluation, attribution, partners];
      await Promise.all(sites.map(({ serving }) => serving.close()));
      await Promise.all([kafka.stop(), eventStore.stop(), postgres.stop()]);
    },
  };
}

const TIERS = 'tier-evaluation';
const ALONE = {
  partners: PartnersModule,
  attribution: AttributionModule,
  [TIERS]: TierEvaluationModule,
  commission: CommissionModule,
  payouts: PayoutsModule,
  ledger: LedgerModule,
} as const satisfies Readonly<Record<string, Type>>;

/** All held until the last is found, so that they differ. */
async function freePorts(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const servers = await Promise.all(
    names.map(async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => String((server.address() as AddressInfo).port));
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return new Map(names.map((name, i) => [name, ports[i] as string]));
}

async function open(
  name: string,
  modules: readonly Type[],
  variables: Readonly<Record<string, string>>,
  shuffleSeed?: number,
): Promise<Site> {
  const settings = coreSettings.read({
    PORT: '0',
    PRIVACY_MASTER_KEY: testMasterKey,
    ...variables,
  });
  const shuffle = shuffleSeed === undefined ? {} : { shuffleSeed };
  const serving = await serve({ name, modules, settings, logger, ...shuffle });
  const url = await serving.listen();
  const issued = await Promise.all(
    Object.entries(PEOPLE).map(async ([label, role]) => {
      const { key } = await serving.keys.issueKey({ tenant: TENANT, role, label });
      return [label, key] as const;
    }),
  );
  const keys = Object.fromEntries(issued) as Site['keys'];
  return { url, keys, serving, log: () => eventsOf(serving) };
}

async function* eventsOf({ app }: Serving): AsyncGenerator<Recorded> {
  for await (const { events } of app.get(ServiceRuntime, { strict: false }).log.readAll(0n))
    yield* events;
}

async function rowsOf(databases: readonly string[]): Promise<string> {
  const texts: string[] = [];
  for (const url of databases) {
    const client = new Client({ connectionString: url });
    await client.connect();
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
      texts.push(...rows.map(({ row }) => row));
    }
    await client.end();
  }
  return texts.join('\n');
}

function seed(): number {
  const value = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  process.stdout.write(`feeds shuffle from SEED=${value}\n`);
  return value;
}
