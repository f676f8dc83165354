import type { Running } from '../ports';

export interface Topic {
  readonly name: string;
  /** Fixed for the life of the topic: a key that moves to another partition would lose its order. */
  readonly partitions: number;
  /** `any`: order means nothing here, so a topic that somebody made with another number of partitions is taken as it is. */
  readonly order?: 'any' | 'by-key';
  /** Settings of the topic besides the retention without limit, e.g. `min.insync.replicas`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** What a partition holds: offsets from `first` to before `end`. */
export interface Bounds {
  readonly first: bigint;
  readonly end: bigint;
}

export interface OutgoingMessage {
  readonly partition: number;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface MessageProducer {
  /**
   * Resolves when every replica in sync has all of them, in this order within each partition. After a rejection any of them
   * may have arrived, and this producer is used no more: another one sends them again.
   */
  send(topic: string, messages: readonly OutgoingMessage[]): Promise<void>;
  close(): Promise<void>;
}

export interface IncomingMessage {
  readonly offset: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Messages of one partition, in order, never empty. */
export interface IncomingBatch {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly IncomingMessage[];
  /** The offset that follows the last message. */
  readonly next: bigint;
  /** Where the partition ended when these were fetched. */
  readonly end?: bigint;
  /** Aborted as soon as the partition may belong to another member, or the consumer stops. */
  readonly signal: AbortSignal;
}

export interface Consumption {
  readonly group: string;
  readonly topics: readonly string[];
  /**
   * Asked whenever the partition is assigned: where to begin, whatever the group's own offsets say. Asked again after a
   * rejection.
   */
  startAt(topic: string, partition: number, signal: AbortSignal): Promise<bigint>;
  /** One at a time. When it rejects, the same messages come again, here or at another member. */
  onBatch(batch: IncomingBatch): Promise<void>;
  /** Told of everything that made it begin again or wait. */
  onTrouble(error: unknown): void;
}

/** What we need of Kafka, and nothing of its client. */
export interface MessageBroker {
  /** Creates it, or checks that it has this number of partitions (`topic_partitions_differ`), where order matters. */
  ensureTopic(topic: Topic): Promise<void>;
  /** By partition number. */
  bounds(topic: string): Promise<readonly Bounds[]>;
  producer(): Promise<MessageProducer>;
  /** Goes on for ever, through lost connections, rebalances and restarts of the broker, until it is stopped. */
  consume(consumption: Consumption): Running;
}

export const DEFAULT_PARTITIONS = 6;
export const DEFAULT_TOPIC_PREFIX = 'tributary';

/** How an owner's topic is called and laid out; the same on both sides. */
export interface TopicLayout {
  readonly prefix?: string;
  readonly partitions?: number;
  readonly settings?: Readonly<Record<string, string>>;
}

export const topicOf = (owner: string, layout: TopicLayout = {}): Topic => ({
  name: `${layout.prefix ?? DEFAULT_TOPIC_PREFIX}.${owner}`,
  partitions: layout.partitions ?? DEFAULT_PARTITIONS,
  settings: layout.settings ?? {},
});

export const channelOf = (topic: string, partition: number): string => `${topic}/${partition}`;
