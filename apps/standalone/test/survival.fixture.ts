import { PostgresEventLog } from '@tributary/event-log';
import { seededRandom } from '@tributary/feeds';
import { contentHashOf, type Recorded } from '@tributary/kernel';
import { testMasterKey } from '@tributary/platform/testing';
import { Database } from '@tributary/postgres';
import type { OwnKafkaBroker, TestPostgres } from '@tributary/testing';
import { Load, PARTNERS } from './load.fixture';
import { Product } from './product.fixture';

export interface Survival {
  readonly postgres: TestPostgres;
  readonly kills: number;
  readonly seed: number;
  /** Where there is one, published events travel through it, and it is killed as well. */
  readonly kafka?: OwnKafkaBroker;
}

/** Feeds of a killed process stand still this long, so that they are at work again before the next kill. */
const LEASE_MS = 1_000;
const CALM = { leastMs: 100, mostMs: 1_600 };
const CATCH_UP_MS = 240_000;

/** `SEED` repeats the same sequence of kills. */
export function seedOf(): number {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  process.stdout.write(`at random from SEED=${seed}\n`);
  return seed;
}

/** Kills what runs again and again while facts keep coming, then counts: nothing lost, nothing twice, no gap. */
export async function survive({ postgres, kills, seed, kafka }: Survival): Promise<void> {
  const random = seededRandom(seed);
  const url = await postgres.freshDatabase();
  const channel = kafka && { FEEDS: 'kafka', KAFKA_BROKERS: kafka.brokers.join(',') };
  const variables = {
    DATABASE_URL: url,
    PRIVACY_MASTER_KEY: testMasterKey,
    FEED_LEASE_MS: String(LEASE_MS),
    LOG_LEVEL: 'error',
  };
  const product = new Product({ ...variables, ...channel });
  try {
    await product.start();
    await registerPartners(product);
    const load = new Load(product, seededRandom(seed + 1));
    const killed = await killAtRandom({ postgres, kills, kafka, product, random });
    await pause(CALM.mostMs);
    await load.stop();
    const { refused, unreachable } = load.outages;
    process.stdout.write(
      `survived ${killed}; ${load.acknowledged.size} facts acknowledged, ${refused} requests refused, ${unreachable} cut off\n`,
    );
    await expectEverythingOnce(url, load);
    await expectMeasured(product, load);
    await expectCredited(product, load);
    await expectSameAfterRebuild(product, load);
  } catch (error) {
    process.stderr.write(`The product's last words:\n${product.lastWords()}\n`);
    throw error;
  } finally {
    await product.stop();
  }
}

interface Killing extends Pick<Survival, 'kills' | 'postgres'> {
  readonly kafka: OwnKafkaBroker | undefined;
  readonly product: Product;
  readonly random: () => number;
}

async function killAtRandom(killing: Killing): Promise<string> {
  const { kills, postgres, kafka, product, random } = killing;
  const { server } = postgres;
  if (server === undefined) throw new Error('A server of its own was asked for.');
  const victims: Readonly<Record<string, () => Promise<void>>> = {
    services: async () => {
      await product.kill();
      await product.start();
    },
    postgres: async () => {
      await server.kill();
      // Long enough that senders are refused, too.
      await pause(random() * 500);
      await server.restart();
    },
    ...(kafka && {
      kafka: async () => {
        await kafka.kill();
        await kafka.restart();
      },
    }),
  };
  const names = Object.keys(victims);
  const counts = new Map<string, number>(names.map((name) => [name, 0]));
  for (let kill = 0; kill < kills; kill++) {
    await pause(CALM.leastMs + random() * (CALM.mostMs - CALM.leastMs));
    // Each in turn first, so that also a short run meets them all.
    const name = names[kill < names.length ? kill : Math.floor(random() * names.length)] as string;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    await victims[name]?.();
  }
  return [...counts].map(([name, count]) => `${count} kills of ${name}`).join(', ');
}

/** The log by itself: dense, every revision there, every hash as its content says, each acknowledged fact accepted once. */
async function expectEverythingOnce(url: string, load: Load): Promise<void> {
  const database = await Database.open({ url, schema: 'log' });
  const log = await PostgresEventLog.open(database);
  try {
    const accepted = await acceptedIn(log);
    expect(load.acknowledged.size).toBeGreaterThan(0);
    expect([...load.acknowledged.keys()].filter((id) => !accepted.has(id))).toEqual([]);
    expect([...accepted].filter(([, times]) => times !== 1)).toEqual([]);
    expect(accepted.size).toBe(load.acknowledged.size);
  } finally {
    await log.close();
    await database.close();
  }
}

/** How often each fact was accepted, of a log in which everything is in its place. */
async function acceptedIn(log: PostgresEventLog): Promise<ReadonlyMap<string, number>> {
  const accepted = new Map<string, number>();
  const revisions = new Map<string, bigint>();
  let head = 0n;
  for await (const { events } of log.readAll(0n)) {
    for (const event of events) {
      expectInPlace(event, head, revisions);
      head = event.position;
      if (event.type !== 'FactAccepted') continue;
      const { id } = event.data as { readonly id: string };
      accepted.set(id, (accepted.get(id) ?? 0) + 1);
    }
  }
  return accepted;
}

function expectInPlace(event: Recorded, head: bigint, revisions: Map<string, bigint>): void {
  const { position, stream, revision, contentHash } = event;
  const expected = { position: head + 1n, revision: (revisions.get(stream) ?? -1n) + 1n };
  if (position !== expected.position || revision !== expected.revision)
    expect({ stream, position, revision }).toEqual({ stream, ...expected });
  if (contentHash !== contentHashOf(event))
    expect({ stream, revision, contentHash }).toEqual({
      stream,
      revision,
      contentHash: contentHashOf(event),
    });
  revisions.set(stream, revision);
}

/** At the other service, after everything has arrived: exactly the distinct completions, and nobody has to look after anything. */
async function expectMeasured(product: Product, load: Load): Promise<void> {
  const expected = PARTNERS.map((partner) => load.expectedOf(partner));
  const deadlineMs = Date.now() + CATCH_UP_MS;
  let shown = await measuresOf(product);
  while (JSON.stringify(shown) !== JSON.stringify(expected) && Date.now() < deadlineMs) {
    await pause(250);
    shown = await measuresOf(product);
  }
  expect(shown).toEqual(expected);
  for (const service of ['attribution', 'partners', 'tier-evaluation']) {
    const status = (await call(product, `/v1/feeds/${service}`)) as FeedsShown;
    expect(status).toMatchObject({ gaps: 0, deadLetters: 0, waiting: {} });
    expect(status.subscriptions.filter(({ parked }) => parked > 0)).toEqual([]);
  }
}

/** What each partner's customers have paid is credited to it, and to nobody else. */
async function expectCredited(product: Product, load: Load): Promise<void> {
  const expected = PARTNERS.map((partner) => load.revenueOf(partner));
  const deadlineMs = Date.now() + CATCH_UP_MS;
  let shown = await revenues(product);
  while (JSON.stringify(shown) !== JSON.stringify(expected) && Date.now() < deadlineMs) {
    await pause(250);
    shown = await revenues(product);
  }
  expect(shown).toEqual(expected);
}

const revenues = (product: Product): Promise<string[]> =>
  Promise.all(
    PARTNERS.map(async (partner) => {
      const { items } = (await call(product, `/v1/partners/${partner}/revenue`)) as {
        items: { readonly sourced: string }[];
      };
      return String(items.reduce((sum, { sourced }) => sum + BigInt(sourced), 0n));
    }),
  );

async function registerPartners(product: Product): Promise<void> {
  for (const id of PARTNERS) {
    const body = {
      id,
      name: id,
      type: 'channel',
      status: 'active',
      effectiveAt: '2026-01-01T00:00:00Z',
    };
    const headers = { 'content-type': 'application/json', 'idempotency-key': `register-${id}` };
    const answer = await call(product, '/v1/partners', {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    expect(answer).toMatchObject({ status: 201 });
  }
}

/** A rebuild compares every row with what stands there, before it switches readers over. */
async function expectSameAfterRebuild(product: Product, load: Load): Promise<void> {
  for (const path of [
    '/v1/feeds/attribution/projections/fact_outcomes/rebuild',
    '/v1/feeds/attribution/projections/partner_credit/rebuild',
    '/v1/feeds/attribution/projections/published/rebuild',
    '/v1/feeds/tier-evaluation/projections/measures/rebuild',
  ]) {
    const report = (await call(product, path, { method: 'POST' })) as RebuildShown;
    expect(report).toMatchObject({ swapped: true });
    expect(report.comparison.filter(({ equal }) => !equal)).toEqual([]);
  }
  await expectMeasured(product, load);
}

interface FeedsShown {
  readonly subscriptions: readonly { readonly name: string; readonly parked: number }[];
}

interface RebuildShown {
  readonly comparison: readonly { readonly table: string; readonly equal: boolean }[];
}

function measuresOf(product: Product): Promise<unknown[]> {
  return Promise.all(
    PARTNERS.map(async (partner) => {
      const { measures } = (await call(product, `/v1/partners/${partner}/measures`)) as {
        measures: { readonly count: string; readonly amount: string }[];
      };
      const { count = '0', amount = '0' } = measures[0] ?? {};
      return { count, amount };
    }),
  );
}

async function call(product: Product, path: string, init: RequestInit = {}): Promise<object> {
  const { url, keys } = await product.site();
  const headers = { ...init.headers, authorization: `Bearer ${keys.admin}` };
  const response = await fetch(url + path, { ...init, headers });
  return { status: response.status, ...((await response.json()) as object) };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
