import { randomInt, randomUUID } from 'node:crypto';

import { kafkaMissing, startKafkaBroker } from '@tributary/testing';

import { Seen, testDatabases } from '../feeds.fixture';
import { DeadLetterTable } from '../inbox/dead-letter-table';
import { GapFiller } from '../inbox/gap-filler';
import { InboxTable } from '../inbox/inbox-table';
import type { Running } from '../ports';
import { Leases } from '../subscriptions/leases';
import { OwnedWork } from '../subscriptions/owned-work';
import { topicOf } from './broker';
import { startConsumer } from './consumer';
import { MemoryOwner, randomFrom, until } from './kafka.fixture';
import { kafkaJsBroker } from './kafkajs';
import { partitionOf } from './partition';
import { startRelay } from './relay';

const missing = kafkaMissing();
const describeWithKafka = missing === undefined ? describe : describe.skip;
const reason = missing === undefined ? '' : ` (skipped: ${missing})`;
const STREAMS = 20;
const EVENTS = 600;
const HEAD = 'select position as n from inbox_head';
const CHANNELS = 'select count(*) as n from inbox_offset';

jest.setTimeout(240_000);

describeWithKafka(`from a leased relay through Kafka into the tables of an inbox${reason}`, () => {
  const databases = testDatabases();
  const running: Running[] = [];

  it('applies each event once and in order, also around a poison message and a restarted relay', async () => {
    const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));
    process.stdout.write(`kafka-postgres.int.spec seed: ${seed}\n`);
    const random = randomFrom(seed);
    const kafka = await startKafkaBroker();
    if (!kafka.available) throw new Error(kafka.reason);
    const database = await databases.open();
    const observer = new Seen();
    const brokers = kafka.brokers;
    const broker = kafkaJsBroker({ brokers, clientId: 'test', onLog: () => undefined });
    const topic = { prefix: `test-${randomUUID()}` };
    const owner = new MemoryOwner();
    const leases = new Leases(database, { owner: 'test', ttlMs: 30_000, observer });

    const relay = () =>
      new OwnedWork({
        name: 'relay',
        database,
        leases,
        observer,
        start: (checkpoint) =>
          startRelay({
            owner: 'attribution',
            reader: owner,
            checkpoint,
            broker,
            topic,
            pageSize: 50,
            pollMs: 20,
            observer: {
              sent: () => undefined,
              failed: (error) => observer.failed('relay', error),
            },
          }),
      });
    try {
      const deadLetters = new DeadLetterTable(database, observer);
      const inbox = new InboxTable(database, deadLetters, observer);
      const consumer = startConsumer({
        group: topic.prefix,
        owners: new Map([['attribution', owner]]),
        inbox,
        deadLetters,
        broker,
        topic,
        observer: {
          received: () => undefined,
          // A broker that has just begun is still loading its groups; the consumer begins again.
          failed: () => undefined,
        },
      });
      const wakes = [inbox.gapOpened, deadLetters.parked];
      const filler = new GapFiller({
        database,
        inbox,
        readers: { attribution: owner },
        wakes,
        observer,
      });
      running.push(consumer, filler);

      owner.publish(EVENTS / 2, STREAMS, random);
      const first = relay();
      const numberOf = async (query: string) =>
        Number((await database.pool.query<{ n: string }>(query)).rows[0]?.n);
      await until('the first half', async () => (await numberOf(HEAD)) >= EVENTS / 2);
      await until('all partitions begun', async () => (await numberOf(CHANNELS)) > 6);
      await first.stop();

      const key = owner.rows[0]?.stream ?? '';
      const producer = await broker.producer();
      const poison = { partition: partitionOf(key, 6), key, value: 'not JSON \u0000', headers: {} };
      await producer.send(topicOf('attribution', topic).name, [poison]);
      await producer.close();
      // As if the relay had died before its last checkpoints.
      await database.pool.query(`update subscription set position = 100 where name = 'relay'`);
      owner.publish(EVENTS / 2, STREAMS, random);
      running.push(relay());
      await until('everything', async () => (await numberOf(HEAD)) === EVENTS);

      const { rows } = await database.pool.query<{ stream: string; id: string }>(
        'select stream, id from inbox order by position',
      );
      expect(byStream(rows)).toEqual(byStream(owner.rows));
      await until('the parked message', async () => (await deadLetters.list()).length > 0);
      expect(await deadLetters.list()).toMatchObject([{ key, owner: 'attribution' }]);
      expect(observer.failures).toEqual([]);
    } finally {
      await Promise.all(running.map((part) => part.stop()));
      await kafka.stop();
    }
  });
});

function byStream(rows: readonly { readonly stream: string; readonly id: string }[]) {
  const streams: Record<string, string[]> = {};
  for (const { stream, id } of rows) (streams[stream] ??= []).push(id);
  return streams;
}
