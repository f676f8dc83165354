import type { Owner, Published } from '@tributary/contracts';
import { CodedError, hasCode } from '@tributary/kernel';

import type { DeadLetters, Inbox, PublishedReader, Running } from '../ports';
import { aborted } from '../wake';
import { Backoff, insist } from './backoff';
import {
  channelOf,
  type IncomingBatch,
  type IncomingMessage,
  type MessageBroker,
  type TopicLayout,
  topicOf,
} from './broker';
import { catchUp, type Source, startingOffset } from './catch-up';
import { fromMessage, rawText } from './cloud-event';

export interface ConsumerObserver {
  received(batch: {
    readonly channel: string;
    readonly events: number;
    readonly parked: number;
  }): void;
  /** Told of everything that makes it wait or begin again; it goes on by itself. */
  failed(error: unknown): void;
}

export interface ConsumerOptions {
  /** One name per service; its instances share the partitions. */
  readonly group: string;
  /** Whom this service listens to, each with the way to its published events. */
  readonly owners: ReadonlyMap<Owner, PublishedReader>;
  readonly inbox: Inbox;
  readonly deadLetters: DeadLetters;
  readonly broker: MessageBroker;
  readonly observer: ConsumerObserver;
  readonly topic?: TopicLayout;
}

/** Kafka delivers; what was received, and how far, is written in one transaction of the inbox. Runs until it is stopped. */
export function startConsumer(options: ConsumerOptions): Running {
  const stopping = new AbortController();
  const running = consumeUntilStopped(new Deliveries(options), options, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function consumeUntilStopped(
  deliveries: Deliveries,
  { group, owners, broker, observer, topic }: ConsumerOptions,
  stopping: AbortSignal,
): Promise<void> {
  const topics = [...owners.keys()].map((owner) => topicOf(owner, topic));
  const backoff = new Backoff();
  const ready = async () => {
    for (const each of topics) await broker.ensureTopic(each);
  };
  if (!(await insist(ready, backoff, stopping, observer))) return;
  const consumption = broker.consume({
    group,
    topics: topics.map(({ name }) => name),
    startAt: (...assigned) => deliveries.startAt(...assigned),
    onBatch: (batch) => deliveries.take(batch),
    onTrouble: (error) => observer.failed(error),
  });
  await aborted(stopping);
  await consumption.stop();
}

interface Letter {
  readonly message: IncomingMessage;
  readonly reason: string;
}

/** What can be read up to an offset, and the message there that cannot. */
interface Run {
  readonly events: readonly Published[];
  readonly next: bigint;
  readonly letter?: Letter;
}

/** Where each partition stands, and what to do with a batch of it. */
class Deliveries {
  private readonly sources: ReadonlyMap<string, Source>;
  private readonly expected = new Map<string, bigint>();

  constructor(private readonly options: ConsumerOptions) {
    const { owners, inbox, topic } = options;
    this.sources = new Map(
      [...owners].map(([owner, reader]) => [topicOf(owner, topic).name, { owner, reader, inbox }]),
    );
  }

  async startAt(topic: string, partition: number, signal: AbortSignal): Promise<bigint> {
    const bounds = (await this.options.broker.bounds(topic))[partition];
    if (bounds === undefined) {
      throw new CodedError('unknown_partition', `${topic} has no partition ${partition}.`);
    }
    const channel = channelOf(topic, partition);
    const next = await startingOffset(this.sourceOf(topic), channel, bounds, signal);
    this.expected.set(channel, next);
    return next;
  }

  async take(batch: IncomingBatch): Promise<void> {
    const source = this.sourceOf(batch.topic);
    const channel = channelOf(batch.topic, batch.partition);
    const { runs, events, parked } = this.read(source.owner, batch);

    const backoff = new Backoff();
    const attempt = async () => {
      await this.fillHole(source, channel, batch);
      // In the order of the offsets, because each of them moves the one to begin with.
      for (const { events: readable, next, letter } of runs) {
        await this.options.inbox.receive(source.owner, readable, { channel, next });
        if (letter) await this.park(source.owner, channel, letter);
      }
    };
    const { observer } = this.options;
    const delivered = await insist(attempt, backoff, batch.signal, observer);
    if (!delivered) {
      throw new CodedError('batch_abandoned', `${channel} was taken from this consumer.`, {
        channel,
      });
    }
    this.expected.set(channel, batch.next);
    observer.received({ channel, events, parked });
  }

  /** Kafka has thrown away what came next before we had read it; the owner still has it. */
  private async fillHole(source: Source, channel: string, batch: IncomingBatch): Promise<void> {
    const expected = this.expected.get(channel);
    const first = batch.messages[0]?.offset;
    if (expected === undefined || first === undefined || first <= expected) return;
    await catchUp(source, batch.signal);
  }

  /** Cuts the batch behind each message that cannot be read. */
  private read(owner: Owner, { messages, next }: IncomingBatch) {
    const runs: Run[] = [];
    let readable: Published[] = [];
    for (const message of messages) {
      try {
        readable.push(fromMessage(owner, message));
      } catch (error) {
        if (!hasCode(error, 'unreadable_message')) throw error;
        const letter = { message, reason: error.message };
        runs.push({ events: readable, next: message.offset, letter });
        readable = [];
      }
    }
    const parked = runs.length;
    runs.push({ events: readable, next });
    return { runs, parked, events: messages.length - parked };
  }

  private async park(owner: Owner, channel: string, { message, reason }: Letter): Promise<void> {
    const { offset, key, value } = message;
    const { deadLetters } = this.options;
    await deadLetters.park(owner, channel, offset, rawText(key), reason, rawText(value));
  }

  private sourceOf(topic: string): Source {
    const source = this.sources.get(topic);
    if (source === undefined) throw new CodedError('unknown_topic', `Nobody reads ${topic} here.`);
    return source;
  }
}
