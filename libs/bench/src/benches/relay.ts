import type { Published } from '@tributary/contracts';
import {
  type PublishedReader,
  type RelayCheckpoint,
  kafkaJsBroker,
  startRelay,
} from '@tributary/feeds';
import { instantOfMs, uuidV7 } from '@tributary/kernel';
import { startKafkaBroker } from '@tributary/testing';
import { Kafka, logLevel } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import type { BenchContext } from '../context';
import { newStream, postingData } from '../fixtures';
import type { Section } from '../report';
import { type Sample, alternate, ratioOf, timed } from '../rounds';

/** Every round writes them to a disk twice. */
const MAX_EVENTS = 30_000;
const PER_REQUEST = 3_000;
const PARTITIONS = 6;
const OWNER = 'commission';

/** What was published, sent to a real broker with a checkpoint after each acknowledged page. */
export async function relayBench(context: BenchContext): Promise<Section[]> {
  const kafka = await startKafkaBroker();
  if (!kafka.available) {
    const notes = [`skipped: ${kafka.reason}`];
    return [{ title: 'relay to Kafka', measured: [], figures: [], notes }];
  }
  try {
    const events = publishedEvents(Math.min(context.events, MAX_EVENTS));
    const title = `relay to Kafka (${kafka.kind}), ${events.length} events`;
    return [await relayed(context.rounds, kafka.brokers, events, title)];
  } finally {
    await kafka.stop();
  }
}

async function relayed(
  rounds: number,
  brokers: readonly string[],
  events: readonly Published[],
  title: string,
): Promise<Section> {
  const prefix = `bench-${randomUUID()}`;
  const raw = await RawProducer.open(brokers, `${prefix}.raw`, events);
  const relay = new RelayRun(brokers, prefix, events);
  const measured = await alternate(
    [
      {
        name: `kafkajs, ${PER_REQUEST} ready messages per request`,
        role: 'limit',
        run: () => timed(events.length, () => raw.send()),
      },
      { name: 'relay, with checkpoints', role: 'ours', run: () => relay.run() },
    ],
    { rounds },
  );
  await raw.close();
  await relay.verify(rounds + 1);
  const [limit, ours] = measured;
  if (!limit || !ours) throw new Error('Two variants have two results.');
  const what = 'relay against a raw producer';
  return { title, measured, figures: [{ goal: 'relay', what, ratio: ratioOf(ours, limit) }] };
}

const publishedEvents = (count: number): Published[] =>
  Array.from({ length: count }, (_, i) => ({
    id: uuidV7(i),
    type: `${OWNER}.commission-posted.v1`,
    stream: newStream(i),
    revision: 0n,
    previous: null,
    position: BigInt(i + 1),
    tenant: 'bench',
    occurredAt: instantOfMs(i),
    recordedAt: instantOfMs(i),
    correlationId: 'bench',
    causationId: null,
    traceParent: null,
    data: postingData(i),
  }));

/** The client as it comes, with messages that are text already. */
class RawProducer {
  private constructor(
    private readonly producer: ReturnType<Kafka['producer']>,
    private readonly topic: string,
    private readonly messages: readonly { readonly key: string; readonly value: string }[],
  ) {}

  static async open(brokers: readonly string[], topic: string, events: readonly Published[]) {
    const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }] });
    await admin.disconnect();
    const producer = kafka.producer();
    await producer.connect();
    const messages = events.map((event) => ({ key: event.stream, value: asText(event) }));
    return new RawProducer(producer, topic, messages);
  }

  async send(): Promise<void> {
    for (let at = 0; at < this.messages.length; at += PER_REQUEST) {
      const messages = this.messages.slice(at, at + PER_REQUEST);
      await this.producer.send({ topic: this.topic, acks: -1, messages });
    }
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
  }
}

/** As long as what the relay writes. */
const asText = (event: Published): string =>
  JSON.stringify(event, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));

class RelayRun {
  private readonly broker;

  constructor(
    brokers: readonly string[],
    private readonly prefix: string,
    private readonly events: readonly Published[],
  ) {
    this.broker = kafkaJsBroker({ brokers, clientId: 'bench', onLog: () => undefined });
  }

  /** From the first page that it reads to the last checkpoint: the producer is connected by then, as the raw one is. */
  async run(): Promise<Sample> {
    let startedMs = 0;
    const reader: PublishedReader = {
      after: (position, limit) => {
        if (startedMs === 0) startedMs = performance.now();
        const events = this.events.slice(Number(position), Number(position) + limit);
        return Promise.resolve({ events, through: events.at(-1)?.position ?? position });
      },
      ofStream: () => Promise.resolve([]),
    };
    const elapsedMs = await new Promise<number>((resolve, reject) => {
      const checkpoint: RelayCheckpoint = {
        load: () => Promise.resolve(0n),
        save: (position) => {
          if (position === BigInt(this.events.length)) finish();
          return Promise.resolve();
        },
      };
      const relay = startRelay({
        owner: OWNER,
        reader,
        checkpoint,
        broker: this.broker,
        topic: { prefix: this.prefix, partitions: PARTITIONS },
        observer: { sent: () => undefined, failed: reject },
      });
      const finish = () => {
        const tookMs = performance.now() - startedMs;
        relay.stop().then(() => resolve(tookMs), reject);
      };
    });
    return { count: this.events.length, elapsedMs };
  }

  /** Everything arrived, once per run. */
  async verify(runs: number): Promise<void> {
    const bounds = await this.broker.bounds(`${this.prefix}.${OWNER}`);
    const stored = bounds.reduce((sum, { first, end }) => sum + end - first, 0n);
    if (stored === BigInt(runs * this.events.length)) return;
    throw new Error(`${stored} messages were stored, not ${runs} times ${this.events.length}.`);
  }
}
