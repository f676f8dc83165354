import { randomInt, randomUUID } from 'node:crypto';

import { type Published } from '@tributary/contracts';
import { type KafkaBroker, kafkaMissing, startKafkaBroker } from '@tributary/testing';

import type { Running } from '../ports';
import { channelOf, type MessageBroker, topicOf } from './broker';
import { type ConsumerOptions, startConsumer } from './consumer';
import { MemoryCheckpoint, MemoryInbox, MemoryOwner, randomFrom, until } from './kafka.fixture';
import { kafkaJsBroker } from './kafkajs';
import { partitionOf } from './partition';
import { startRelay } from './relay';

const missing = kafkaMissing();
const describeWithKafka = missing === undefined ? describe : describe.skip;
const reason = missing === undefined ? '' : ` (skipped: ${missing})`;
const STREAMS = 30;
const PARTITIONS = 6;

// Only a broken promise may fail here, never a slow machine.
jest.setTimeout(240_000);

describeWithKafka(`telling other services through Kafka${reason}`, () => {
  let kafka: Extract<KafkaBroker, { available: true }>;
  let broker: MessageBroker;
  let running: Running[];
  let troubles: string[];
  const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));
  const random = randomFrom(seed);

  beforeAll(async () => {
    process.stdout.write(`kafka.int.spec seed: ${seed}\n`);
    const found = await startKafkaBroker();
    if (!found.available) throw new Error(found.reason);
    kafka = found;
    broker = kafkaJsBroker({
      brokers: kafka.brokers,
      clientId: 'tributary-test',
      onLog: (level, message) => level === 'error' && troubles.push(message),
      sessionTimeoutMs: 6_000,
    });
  }, 300_000);

  afterAll(() => kafka.stop());

  beforeEach(() => {
    running = [];
    troubles = [];
  });

  afterEach(async () => {
    await Promise.all(running.map((part) => part.stop()));
  });

  /** Everything about one owner and one service that listens to it. */
  function thread() {
    const topic = { prefix: `test-${randomUUID()}`, partitions: PARTITIONS };
    const owner = new MemoryOwner();
    const inbox = new MemoryInbox();
    const checkpoint = new MemoryCheckpoint();
    const relay = (pageSize = 100) =>
      kept(
        startRelay({
          owner: 'attribution',
          reader: owner,
          checkpoint,
          broker,
          topic,
          pageSize,
          pollMs: 20,
          observer: {
            sent: () => undefined,
            failed: (error) => troubles.push(`relay: ${String(error)}`),
          },
        }),
      );
    const consumer = (onReceived: ConsumerOptions['observer']['received'] = () => undefined) =>
      kept(
        startConsumer({
          group: topic.prefix,
          owners: new Map([['attribution', owner]]),
          inbox,
          deadLetters: inbox,
          broker,
          topic,
          observer: {
            received: onReceived,
            failed: (error) => troubles.push(`consumer: ${String(error)}`),
          },
        }),
      );
    const everythingApplied = () =>
      until('everything applied', () => inbox.applied.length >= owner.rows.length);
    return { topic, owner, inbox, checkpoint, relay, consumer, everythingApplied };
  }

  function kept<T extends Running>(part: T): T {
    running.push(part);
    return part;
  }

  it('delivers each event once and keeps the order of every stream', async () => {
    const { owner, inbox, relay, consumer, everythingApplied } = thread();
    relay();
    consumer();
    for (let i = 0; i < 10; i++) {
      owner.publish(100, STREAMS, random);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await everythingApplied();
    expectOnceAndInOrder(inbox, owner);
    expect(inbox.applied.find(({ position }) => position === 7n)).toEqual(owner.rows[6]);
  });

  it('repeats what was sent but not remembered, and the repeats are ignored', async () => {
    const { owner, inbox, checkpoint, relay, consumer, everythingApplied } = thread();
    owner.publish(1000, STREAMS, random);
    checkpoint.lost = (save) => save % 4 === 2;
    consumer();
    await until('the consumer has begun', () => inbox.offsets.size >= PARTITIONS);
    const first = relay();
    await until('some pages', () => checkpoint.saves > 3);
    await first.stop();
    const remembered = checkpoint.position;
    // As if the process had died before its last checkpoints.
    checkpoint.position = remembered > 200n ? remembered - 200n : 0n;
    relay();
    owner.publish(200, STREAMS, random);
    await everythingApplied();
    await until('the relay at the head', () => checkpoint.position === 1200n);
    expect(inbox.ignored).toBeGreaterThan(200);
    expectOnceAndInOrder(inbox, owner);
  });

  it('loses nothing and doubles nothing when the broker is killed under load', async () => {
    if (kafka.kind !== 'java') return;
    const { owner, inbox, relay, consumer, everythingApplied } = thread();
    relay(50);
    consumer();
    const load = setInterval(() => owner.publish(40, STREAMS, random), 20);
    try {
      await until('the flow', () => inbox.applied.length > 300);
      await kafka.kill();
      await new Promise((resolve) => setTimeout(resolve, 500));
      await kafka.restart();
      const before = inbox.applied.length;
      await until('the flow again', () => inbox.applied.length > before + 300);
    } finally {
      clearInterval(load);
    }
    await everythingApplied();
    expectOnceAndInOrder(inbox, owner);
    expect(troubles).not.toEqual([]);
  });

  it('sets the stream of an unreadable message aside and goes on with the others', async () => {
    const { topic, owner, inbox, checkpoint, relay, consumer, everythingApplied } = thread();
    consumer();
    await until('the consumer has begun', () => inbox.offsets.size >= PARTITIONS);
    owner.publish(300, STREAMS, random);
    const poisoned = owner.rows.at(-1) as Published;
    const before = relay();
    await until('the first part', () => inbox.applied.length === 300);
    await before.stop();

    const producer = await broker.producer();
    const partition = partitionOf(poisoned.stream, PARTITIONS);
    const poison = { partition, key: poisoned.stream, value: '{"specversion":', headers: {} };
    await producer.send(topicOf('attribution', topic).name, [poison]);
    await producer.close();

    owner.publish(300, STREAMS, random);
    relay();
    const others = () => owner.rows.filter(({ stream }) => stream !== poisoned.stream).length;
    const appliedToOthers = () =>
      inbox.applied.filter(({ stream }) => stream !== poisoned.stream).length;
    await until('the other streams', () => appliedToOthers() === others());
    await until('the relay at the head', () => checkpoint.position === 600n);
    expect(inbox.parked).toMatchObject([{ key: poisoned.stream, raw: '{"specversion":' }]);
    expect([...inbox.waiting]).toEqual([poisoned.stream]);

    await inbox.resume(poisoned.stream, owner);
    await everythingApplied();
    expectOnceAndInOrder(inbox, owner);
  });

  it('shares the partitions between two instances, and the one that stays takes them over', async () => {
    const { owner, inbox, relay, consumer, everythingApplied } = thread();
    const received = [new Set<string>(), new Set<string>()] as const;
    relay();
    const leaving = consumer(({ channel }) => received[0].add(channel));
    consumer(({ channel }) => received[1].add(channel));
    const load = setInterval(() => owner.publish(5, STREAMS, random), 20);
    try {
      await until('both at work', () => received.every((channels) => channels.size > 0));
      await leaving.stop();
      await until('all taken over', () => received[1].size === PARTITIONS);
    } finally {
      clearInterval(load);
    }
    await everythingApplied();
    expectOnceAndInOrder(inbox, owner);
  });

  it('catches a new consumer up from the owner and ignores what Kafka brings once more', async () => {
    const { topic, owner, inbox, checkpoint, relay, consumer, everythingApplied } = thread();
    owner.publish(500, STREAMS, random);
    const before = relay();
    await until('the first part was sent', () => checkpoint.position === 500n);
    await before.stop();
    owner.publish(300, STREAMS, random);
    consumer();
    await everythingApplied();
    // Each partition notes its own end; what is sent after the last has done so comes again.
    await until('all partitions begun', () => inbox.offsets.size > PARTITIONS);
    relay();
    await until('the overlap', () => inbox.ignored === 300);
    owner.publish(100, STREAMS, random);
    await everythingApplied();
    expectOnceAndInOrder(inbox, owner);
    const channels = Array.from({ length: PARTITIONS }, (_, partition) =>
      channelOf(topicOf('attribution', topic).name, partition),
    );
    const sum = channels.reduce((total, channel) => total + (inbox.offsets.get(channel) ?? 0n), 0n);
    expect(sum).toBe(900n);
  });

  it('waits while the database is away and then goes on in order', async () => {
    const { owner, inbox, relay, consumer, everythingApplied } = thread();
    relay();
    consumer();
    owner.publish(200, STREAMS, random);
    await everythingApplied();
    inbox.outages = 6;
    owner.publish(400, STREAMS, random);
    await everythingApplied();
    expect(troubles.filter((trouble) => trouble.startsWith('consumer:')).length).toBeGreaterThan(5);
    expectOnceAndInOrder(inbox, owner);
  });

  it('refuses a topic with another number of partitions', async () => {
    const name = `test-${randomUUID()}`;
    await broker.ensureTopic({ name, partitions: 2 });
    await broker.ensureTopic({ name, partitions: 2 });
    await expect(broker.ensureTopic({ name, partitions: 3 })).rejects.toMatchObject({
      code: 'topic_partitions_differ',
    });
  });
});

function expectOnceAndInOrder(inbox: MemoryInbox, owner: MemoryOwner): void {
  const sequence = (rows: readonly Published[]) => {
    const streams: Record<string, string[]> = {};
    for (const row of rows) (streams[row.stream] ??= []).push(`${row.revision} ${row.id}`);
    return streams;
  };
  expect(sequence(inbox.applied)).toEqual(sequence(owner.rows));
}
