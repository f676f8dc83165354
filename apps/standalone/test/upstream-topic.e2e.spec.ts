import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { TRAINING_COMPLETED_EXAMPLE } from '@tributary/contracts';
import { PostgresEventLog } from '@tributary/event-log';
import { type MessageBroker, kafkaJsBroker } from '@tributary/feeds';
import { testMasterKey } from '@tributary/platform/testing';
import { Database } from '@tributary/postgres';
import {
  type GuardedKafkaBroker,
  type TestPostgres,
  guardedKafkaMissing,
  startGuardedKafkaBroker,
  startTestPostgres,
} from '@tributary/testing';
import { Product } from './product.fixture';

const missing = guardedKafkaMissing();
const describeWithKafka = missing === undefined ? describe : describe.skip;
const reason = missing === undefined ? '' : ` (skipped: ${missing})`;

jest.setTimeout(300_000);

const SHOP = 'https://shop.example/production';
const TOPIC = `upstream.acme.${randomUUID()}`;
const PATIENCE_MS = 200_000;
const PARTITIONS = 2;
/** Stands where no letter, table or log line may show it. */
const PERSON = 'ana.silva@canary.example';

describeWithKafka(`taking facts of upstream from a topic of Kafka${reason}`, () => {
  let postgres: TestPostgres;
  let kafka: GuardedKafkaBroker;
  let databaseUrl: string;
  let product: Product;
  let broker: MessageBroker;
  const sent = new Set<string>();

  beforeAll(async () => {
    [postgres, kafka] = await Promise.all([startTestPostgres(), startGuardedKafkaBroker()]);
    databaseUrl = await postgres.freshDatabase();
    broker = kafkaJsBroker({
      brokers: kafka.brokers,
      clientId: 'shop',
      onLog: () => undefined,
      ssl: { ca: readFileSync(kafka.certificateFile, 'utf8') },
      sasl: { mechanism: 'scram-sha-512', ...kafka.user },
    });
    await broker.ensureTopic({ name: TOPIC, partitions: PARTITIONS, order: 'any' });
    product = new Product({
      DATABASE_URL: databaseUrl,
      PRIVACY_MASTER_KEY: testMasterKey,
      FEED_LEASE_MS: '1000',
      LOG_LEVEL: 'warn',
      KAFKA_BROKERS: kafka.brokers.join(','),
      KAFKA_TLS: 'on',
      KAFKA_CA_FILE: kafka.certificateFile,
      KAFKA_USER: kafka.user.username,
      KAFKA_PASSWORD: kafka.user.password,
      UPSTREAM_TOPICS: `acme=${TOPIC}[https://shop.example/*]`,
    });
    await product.start();
  });
  afterAll(async () => {
    await product.stop();
    await Promise.all([kafka.stop(), postgres.stop()]);
  });

  it('takes what is good, once, and lists what is not, with the codes of the first way in', async () => {
    const byHttp = fact('by-http');
    expect((await call('/v1/events', byHttp)).status).toBe(202);
    sent.add('by-http');
    await send([
      ...many('first', 20),
      byHttp,
      fact('first-0'),
      { ...fact('first-1'), data: { ...TRAINING_COMPLETED_EXAMPLE.data, minutes: 7 } },
      `{"id":"half","subject":"${PERSON}`,
      { ...fact('no-time'), time: PERSON },
      { ...fact('their-tenant'), tenantid: 'beta' },
      { ...fact('foreign'), source: 'https://elsewhere.example/production' },
      { ...fact('surprise'), data: { [PERSON]: 1 } },
    ]);
    await send([fact('binary')], { ce_id: 'binary', 'content-type': 'application/json' });
    await send(many('last', 5));
    await everythingTaken();

    await until('all refusals are listed', async () => (await letters()).length === 7);
    const listed = await letters();
    expect(listed.map(({ code, facts }) => [code, facts['id'] ?? null])).toEqual([
      ['event_conflict', 'first-1'],
      ['malformed_json', null],
      ['validation_failed', 'no-time'],
      ['validation_failed', 'their-tenant'],
      ['source_not_yours', 'foreign'],
      ['validation_failed', 'surprise'],
      ['binary_mode', null],
    ]);
    expect(listed[3]?.facts).toMatchObject({ errors: [{ code: 'tenant_not_yours' }] });
    expect(listed.every(({ channel }) => channel === `${TOPIC}/0`)).toBe(true);
    const feeds = await call('/v1/feeds/attribution');
    expect(feeds.body).toMatchObject({ deadLetters: 7 });
  });

  it('counts what it takes and refuses', async () => {
    const { url, keys } = await product.site();
    const headers = { authorization: `Bearer ${keys.admin}` };
    const metrics = await (await fetch(`${url}/metrics`, { headers })).text();
    const counted = (outcome: string) =>
      Number(
        new RegExp(`upstream_messages_total.*outcome="${outcome}".* (\\d+)`).exec(metrics)?.[1],
      );
    expect(counted('accepted')).toBe(25);
    // A page that Kafka delivers twice is counted twice.
    for (const [outcome, least] of [
      ['duplicate', 2],
      ['conflict', 1],
      ['refused', 6],
    ] as const)
      expect(counted(outcome)).toBeGreaterThanOrEqual(least);
  });

  it('loses and doubles nothing when the broker and the process are killed in between', async () => {
    await send(many('before', 300));
    await kafka.kill();
    await kafka.restart();
    await send(many('between', 300));
    await product.kill();
    await send(many('meanwhile', 300));
    await product.start();
    await send([...many('after', 50), fact('first-2'), '{']);
    await everythingTaken();
    await until('the last refusal is listed', async () => (await letters()).length === 8);
  });

  it('keeps nothing of a refused message that says who somebody is', async () => {
    const database = await Database.open({ url: databaseUrl, schema: 'attribution' });
    const { rows } = await database.pool.query<{ text: string }>(
      'select d::text as text from dead_letter d',
    );
    await database.close();
    expect(rows).toHaveLength(8);
    expect(rows.map(({ text }) => text).join() + product.lastWords()).not.toContain(PERSON);
    expect(product.lastWords()).toContain('upstream message refused');
  });

  it('is closed by an operator with a reason, and starts again behind what it has taken', async () => {
    const [first] = await letters();
    const body = { channel: first?.channel, offset: first?.offset, reason: 'asked the shop' };
    expect(await call('/v1/feeds/attribution/dead-letters/close', body)).toMatchObject({
      status: 200,
      body: { closed: 1 },
    });
    expect(await call('/v1/feeds/attribution/dead-letters/close', body)).toMatchObject({
      status: 404,
      body: { code: 'dead_letter_unknown' },
    });
    await product.stop();
    await product.start();
    await send(many('late', 5));
    await everythingTaken();
    expect(await letters()).toHaveLength(7);
  });

  const fact = (id: string) => ({
    ...TRAINING_COMPLETED_EXAMPLE,
    id,
    source: SHOP,
    data: { ...TRAINING_COMPLETED_EXAMPLE.data, completionRef: id },
  });

  const many = (name: string, count: number): object[] =>
    Array.from({ length: count }, (_, i) => {
      sent.add(`${name}-${i}`);
      return fact(`${name}-${i}`);
    });

  /** As a sender would: what was not acknowledged is sent again. All that may be refused goes into one partition, in order. */
  async function send(values: readonly (object | string)[], headers = {}): Promise<void> {
    const messages = values.map((value, i) => ({
      partition: values.length >= 50 ? i % PARTITIONS : 0,
      key: 'a',
      value: typeof value === 'string' ? value : JSON.stringify(value),
      headers,
    }));
    await until('the topic takes them', async () => {
      const [outcome] = await Promise.allSettled([sendOnce(messages)]);
      return outcome.status === 'fulfilled';
    });
  }

  async function sendOnce(messages: Parameters<Producer['send']>[1]): Promise<void> {
    const producer = await broker.producer();
    try {
      await producer.send(TOPIC, messages);
    } finally {
      await producer.close();
    }
  }

  async function everythingTaken(): Promise<void> {
    const database = await Database.open({ url: databaseUrl, schema: 'log' });
    const log = await PostgresEventLog.open(database);
    let accepted: string[] = [];
    try {
      await until('everything is taken', async () => {
        accepted = [];
        for await (const { events } of log.readAll(0n, { types: ['FactAccepted'] }))
          accepted.push(...events.map(({ data }) => (data as { readonly id: string }).id));
        return accepted.length >= sent.size;
      });
    } finally {
      await log.close();
      await database.close();
    }
    expect(accepted.sort()).toEqual([...sent].sort());
  }

  async function letters(): Promise<readonly Letter[]> {
    const { body } = await call('/v1/feeds/attribution/dead-letters');
    return (body as { deadLetters: readonly Letter[] }).deadLetters;
  }

  async function call(path: string, body?: object) {
    const { url, keys } = await product.site();
    const response = await fetch(url + path, {
      headers: { 'content-type': 'application/json', authorization: `Bearer ${keys.admin}` },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }

  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (const deadlineMs = Date.now() + PATIENCE_MS; Date.now() < deadlineMs;) {
      if (await holds()) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`Not within ${PATIENCE_MS} ms: ${what}.\n${product.lastWords()}`);
  }
});

type Producer = Awaited<ReturnType<MessageBroker['producer']>>;

interface Letter {
  readonly channel: string;
  readonly offset: string;
  readonly code: string;
  readonly facts: Readonly<Record<string, unknown>>;
}
