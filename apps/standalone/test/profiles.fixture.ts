import { randomUUID } from 'node:crypto';
import type { Type } from '@nestjs/common';
import { AttributionModule } from '@tributary/attribution';
import { CommissionModule } from '@tributary/commission';
import type { Recorded } from '@tributary/kernel';
import { LedgerModule } from '@tributary/ledger';
import { type Serving, ServiceRuntime, coreSettings, serve } from '@tributary/platform';
import { collectingLogger, testMasterKey } from '@tributary/platform/testing';
import { Client } from 'pg';
import { PartnersModule } from '@tributary/partners';
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

const TEST_ROLES = ['admin', 'auditor', 'finance', 'programme', 'upstream'] as const;

export interface Site {
  readonly url: string;
  readonly keys: Readonly<Record<(typeof TEST_ROLES)[number], string>>;
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
  /** Each with a database of its own; one that listens to others knows where they answer. */
  const alone = async (name: string, module: Type, owners: Readonly<Record<string, Site>> = {}) => {
    const database = await postgres.freshDatabase();
    databases.push(database);
    const known = Object.entries(owners).map(([owner, { url }]) => `${owner}=${url}`);
    const variables = { ...shared, DATABASE_URL: database, OWNER_URLS: known.join(',') };
    const start = () => open(name, [module], variables);
    return { site: await start(), start };
  };
  const { site: partners } = await alone('partners', PartnersModule);
  const { site: attribution } = await alone('attribution', AttributionModule, { partners });
  const tiers = await alone('tier-evaluation', TierEvaluationModule, { attribution });
  const { site: commission } = await alone('commission', CommissionModule, {
    attribution,
    partners,
    tiers: tiers.site,
  });
  const { site: ledger } = await alone('ledger', LedgerModule, { partners });
  let tierEvaluation = tiers.site;
  return {
    partners,
    attribution,
    get tierEvaluation() {
      return tierEvaluation;
    },
    commission,
    ledger,
    logLines,
    rows: () => rowsOf(databases),
    kafkaFolder: 'folder' in kafka ? kafka.folder : undefined,
    async restartTierEvaluation() {
      await tierEvaluation.serving.close();
      tierEvaluation = await tiers.start();
    },
    async stop() {
      const sites = [ledger, commission, tierEvaluation, attribution, partners];
      await Promise.all(sites.map(({ serving }) => serving.close()));
      await Promise.all([kafka.stop(), eventStore.stop(), postgres.stop()]);
    },
  };
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
    TEST_ROLES.map(async (role) => {
      const { key } = await serving.keys.issueKey({ tenant: TENANT, role, label: 'test' });
      return [role, key] as const;
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
