import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

import {
  type GuardedKafkaBroker,
  guardedKafkaMissing,
  startGuardedKafkaBroker,
} from '@tributary/testing';

import { until } from './kafka.fixture';
import { type KafkaJsOptions, kafkaJsBroker } from './kafkajs';

const missing = guardedKafkaMissing();
const describeGuarded = missing === undefined ? describe : describe.skip;
const reason = missing === undefined ? '' : ` (skipped: ${missing})`;

jest.setTimeout(240_000);

describeGuarded(`a broker that asks who is there${reason}`, () => {
  let kafka: GuardedKafkaBroker;

  beforeAll(async () => {
    kafka = await startGuardedKafkaBroker();
  }, 300_000);

  afterAll(() => kafka.stop());

  const broker = (door: Pick<KafkaJsOptions, 'ssl' | 'sasl'>) =>
    kafkaJsBroker({
      brokers: kafka.brokers,
      clientId: 'tributary-test',
      onLog: () => undefined,
      ...door,
    });
  const known = () => ({ ssl: { ca: readFileSync(kafka.certificateFile, 'utf8') } });
  const signedIn = () => ({ mechanism: 'scram-sha-512', ...kafka.user }) as const;

  it('carries messages for who knows its certificate and signs in', async () => {
    const through = broker({ ...known(), sasl: signedIn() });
    const topic = `guarded-${randomUUID()}`;
    await through.ensureTopic({ name: topic, partitions: 2 });
    const heard: (string | undefined)[] = [];
    const running = through.consume({
      group: topic,
      topics: [topic],
      startAt: () => Promise.resolve(0n),
      onBatch: ({ messages }) => {
        heard.push(...messages.map(({ value }) => value?.toString()));
        return Promise.resolve();
      },
      onTrouble: () => undefined,
    });
    const producer = await through.producer();
    await producer.send(topic, [
      { partition: 0, key: 'a', value: 'one', headers: {} },
      { partition: 1, key: 'b', value: 'two', headers: {} },
    ]);
    await until('both messages', () => heard.length === 2);
    expect(heard.sort()).toEqual(['one', 'two']);
    await producer.close();
    await running.stop();
  });

  it.each([
    ['a wrong password', () => ({ ...known(), sasl: { ...signedIn(), password: 'guessed' } })],
    ['no user', known],
    ['a certificate that nobody knows', () => ({ ssl: true, sasl: signedIn() })],
    ['no encryption', () => ({ sasl: signedIn() })],
  ])('lets nobody in with %s', async (_, door) => {
    await expect(broker(door()).bounds('any')).rejects.toThrow();
  });
});
