import { randomUUID } from 'node:crypto';
import type { Type } from '@nestjs/common';
import { AttributionModule } from '@tributary/attribution';
import { type Serving, coreSettings, serve } from '@tributary/platform';
import { collectingLogger } from '@tributary/platform/testing';
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

/** The product as one test sees it: where two of its services answer, and keys for both. */
export interface Deployed {
  readonly attribution: Site;
  readonly tierEvaluation: Site;
  readonly logLines: readonly string[];
  /** Ends the reading side and starts it again, as a deployment would. */
  restartTierEvaluation(): Promise<void>;
  stop(): Promise<void>;
}

export interface Site {
  readonly url: string;
  readonly keys: Readonly<Record<'admin' | 'auditor' | 'upstream', string>>;
  readonly serving: Serving;
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
    get attribution() {
      return site;
    },
    get tierEvaluation() {
      return site;
    },
    logLines,
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
  const attribution = await open('attribution', [AttributionModule], {
    ...shared,
    DATABASE_URL: await postgres.freshDatabase(),
  });
  const theirs = {
    ...shared,
    DATABASE_URL: await postgres.freshDatabase(),
    OWNER_URLS: `attribution=${attribution.url}`,
  };
  let tierEvaluation = await open('tier-evaluation', [TierEvaluationModule], theirs);
  return {
    attribution,
    get tierEvaluation() {
      return tierEvaluation;
    },
    logLines,
    async restartTierEvaluation() {
      await tierEvaluation.serving.close();
      tierEvaluation = await open('tier-evaluation', [TierEvaluationModule], theirs);
    },
    async stop() {
      await Promise.all([attribution.serving.close(), tierEvaluation.serving.close()]);
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
  const settings = coreSettings.read({ PORT: '0', ...variables });
  const shuffle = shuffleSeed === undefined ? {} : { shuffleSeed };
  const serving = await serve({ name, modules, settings, logger, ...shuffle });
  const url = await serving.listen();
  const key = async (role: 'admin' | 'auditor' | 'upstream') =>
    (await serving.keys.issueKey({ tenant: TENANT, role, label: 'test' })).key;
  const keys = {
    admin: await key('admin'),
    auditor: await key('auditor'),
    upstream: await key('upstream'),
  };
  return { url, keys, serving };
}

function seed(): number {
  const value = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  process.stdout.write(`feeds shuffle from SEED=${value}\n`);
  return value;
}
