import { CodedError } from '@tributary/kernel';

import type { IntakeStore, RefusedMessage, Running } from '../ports';
import { aborted } from '../wake';
import { Backoff, insist } from './backoff';
import {
  channelOf,
  DEFAULT_PARTITIONS,
  type IncomingBatch,
  type IncomingMessage,
  type MessageBroker,
  type Topic,
} from './broker';

export interface IntakeObserver {
  /** After what could be taken was acknowledged, and offset and refusals were committed. */
  settled(page: { readonly channel: string; readonly refused: readonly RefusedMessage[] }): void;
  /** Messages that still lie in the partitions of this process, as far as it knows. */
  lag(messages: bigint): void;
  /** Told of everything that makes it wait or begin again; it goes on by itself. */
  failed(error: unknown): void;
}

export interface IntakeOptions {
  /** One name per service; its instances share the partitions. */
  readonly group: string;
  /** By topic, the tenant whose it is. */
  readonly tenants: ReadonlyMap<string, string>;
  readonly broker: MessageBroker;
  readonly store: IntakeStore;
  /**
   * Resolves once everything in there has been acknowledged where it is kept for ever, and names what was refused. While it
   * rejects, the same messages are handed in again.
   */
  readonly take: (
    topic: string,
    channel: string,
    messages: readonly IncomingMessage[],
    signal: AbortSignal,
  ) => Promise<readonly RefusedMessage[]>;
  readonly observer: IntakeObserver;
}

const MESSAGES_PER_PAGE = 500;

/** Made like this where it does not exist. The messages hold personal data, so Kafka keeps them for a week and no longer. */
const topicNamed = (name: string): Topic => ({
  name,
  partitions: DEFAULT_PARTITIONS,
  order: 'any',
  // Our client reads gzip alone; the broker then rewrites whatever compression a producer has chosen.
  settings: { 'retention.ms': String(7 * 86_400_000), 'compression.type': 'gzip' },
});

/**
 * Takes messages of senders who are no services of ours, at least once and in the order of each partition. Nothing is passed over:
 * a page is taken and settled, or it is tried again. Runs until it is stopped.
 */
export function startIntake(options: IntakeOptions): Running {
  const stopping = new AbortController();
  const running = intakeUntilStopped(options, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function intakeUntilStopped(options: IntakeOptions, stopping: AbortSignal): Promise<void> {
  const { group, tenants, broker, observer } = options;
  const topics = [...tenants.keys()];
  const ready = async () => {
    for (const topic of topics) await broker.ensureTopic(topicNamed(topic));
  };
  if (!(await insist(ready, new Backoff(), stopping, observer))) return;
  const pages = new Pages(options);
  const consumption = broker.consume({
    group,
    topics,
    startAt: (...assigned) => pages.startAt(...assigned),
    onBatch: (batch) => pages.take(batch),
    onTrouble: (error) => observer.failed(error),
  });
  await aborted(stopping);
  await consumption.stop();
}

/** Where each partition stands, and what to do with a batch of it. */
class Pages {
  private readonly expected = new Map<string, bigint>();
  private readonly lags = new Map<string, bigint>();
  private assignment: AbortSignal | undefined;

  constructor(private readonly options: IntakeOptions) {}

  async startAt(topic: string, partition: number, assignment: AbortSignal): Promise<bigint> {
    const channel = channelOf(topic, partition);
    // One signal per assignment: what was held before may be somebody else's now.
    if (assignment !== this.assignment) this.lags.clear();
    this.assignment = assignment;
    const { store } = this.options;
    const { first, end } = await this.boundsOf(topic, partition);
    const saved = await store.nextOf(channel);
    const next = saved === undefined || saved < first || saved > end ? first : saved;
    if (saved !== undefined && saved < first) await this.tellMissed(topic, channel, saved, first);
    // The topic was made anew. Written down at once, else its offsets would one day pass the old one, and a start between would skip.
    if (saved !== undefined && saved > end) await store.settle(channel, first, []);
    this.stands(channel, next, end);
    return next;
  }

  async take(batch: IncomingBatch): Promise<void> {
    const { topic, partition, messages, next, end = next, signal } = batch;
    const channel = channelOf(topic, partition);
    const { observer } = this.options;
    await insist(() => this.noticeMissed(batch, channel), new Backoff(), signal, observer);
    for (let from = 0; from < messages.length; from += MESSAGES_PER_PAGE) {
      const page = messages.slice(from, from + MESSAGES_PER_PAGE);
      const through = messages[from + MESSAGES_PER_PAGE]?.offset ?? next;
      const refused = await this.takePage(topic, channel, page, through, signal);
      this.stands(channel, through, end);
      observer.settled({ channel, refused });
    }
  }

  private stands(channel: string, next: bigint, end: bigint): void {
    this.expected.set(channel, next);
    this.lags.set(channel, end > next ? end - next : 0n);
    this.options.observer.lag([...this.lags.values()].reduce((sum, lag) => sum + lag, 0n));
  }

  private async takePage(
    topic: string,
    channel: string,
    page: readonly IncomingMessage[],
    next: bigint,
    signal: AbortSignal,
  ): Promise<readonly RefusedMessage[]> {
    const { take, store, observer } = this.options;
    let refused: readonly RefusedMessage[] | undefined;
    const attempt = async () => {
      refused ??= await take(topic, channel, page, signal);
      await store.settle(channel, next, refused);
    };
    const settled = await insist(attempt, new Backoff(), signal, observer);
    if (settled && refused !== undefined) return refused;
    throw new CodedError('batch_abandoned', `${channel} was taken from this consumer.`, {
      channel,
    });
  }

  /** A hole is ordinary where senders use transactions or a topic is compacted; it is a loss where Kafka threw away what came next. */
  private async noticeMissed(batch: IncomingBatch, channel: string): Promise<void> {
    const { topic, partition, messages } = batch;
    const expected = this.expected.get(channel);
    const [message] = messages;
    if (expected === undefined || message === undefined || message.offset <= expected) return;
    const { first } = await this.boundsOf(topic, partition);
    if (expected < first) await this.tellMissed(topic, channel, expected, first);
  }

  /** Nobody can bring these back but who sent them, so a person has to see it. */
  private async tellMissed(
    topic: string,
    channel: string,
    from: bigint,
    first: bigint,
  ): Promise<void> {
    const { tenants, store, observer } = this.options;
    const refused: RefusedMessage = {
      tenant: tenants.get(topic) ?? '',
      offset: from,
      code: 'messages_expired',
      facts: { from: String(from), before: String(first) },
    };
    await store.settle(channel, first, [refused]);
    observer.settled({ channel, refused: [refused] });
  }

  private async boundsOf(topic: string, partition: number) {
    const bounds = (await this.options.broker.bounds(topic))[partition];
    if (bounds !== undefined) return bounds;
    throw new CodedError('unknown_partition', `${topic} has no partition ${partition}.`);
  }
}
