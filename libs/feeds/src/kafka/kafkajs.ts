import type { ConnectionOptions } from 'node:tls';

import { CodedError } from '@tributary/kernel';
import {
  type Admin,
  type ISocketFactory,
  Kafka,
  type LogEntry,
  logLevel,
  type Producer,
  type SASLOptions,
} from 'kafkajs';

import type { Running } from '../ports';
import { within } from './backoff';
import type {
  Bounds,
  Consumption,
  MessageBroker,
  MessageProducer,
  OutgoingMessage,
  Topic,
} from './broker';
import { KafkaJsConsumption } from './kafkajs-consumption';
import { KafkaJsSockets } from './kafkajs-sockets';

export type BrokerLog = (
  level: 'error' | 'warn' | 'info' | 'debug',
  message: string,
  facts: Readonly<Record<string, unknown>>,
) => void;

export interface KafkaJsOptions {
  readonly brokers: readonly string[];
  /** Names this process in the logs and quotas of the brokers. */
  readonly clientId: string;
  readonly onLog: BrokerLog;
  readonly ssl?: boolean | ConnectionOptions;
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
  /** After this silence the partitions of a member go to the others. */
  readonly sessionTimeoutMs?: number;
}

const CLOSE_LIMIT_MS = 5_000;
const SESSION_TIMEOUT_MS = 30_000;

/** Few and quick: whoever calls us goes on for ever, with a new client each time. */
const RETRY = {
  initialRetryTime: 100,
  maxRetryTime: 3_000,
  factor: 0.2,
  multiplier: 2,
  retries: 5,
};

const LEVELS = {
  [logLevel.ERROR]: 'error',
  [logLevel.WARN]: 'warn',
  [logLevel.INFO]: 'info',
  [logLevel.DEBUG]: 'debug',
  [logLevel.NOTHING]: 'debug',
} as const;

export const kafkaJsBroker = (options: KafkaJsOptions): MessageBroker => new KafkaJsBroker(options);

class KafkaJsBroker implements MessageBroker {
  private readonly kafka: Kafka;

  constructor(private readonly options: KafkaJsOptions) {
    this.kafka = clientOf(options);
  }

  async ensureTopic({ name, partitions, order, settings = {} }: Topic): Promise<void> {
    await this.withAdmin(async (admin) => {
      if (!(await admin.listTopics()).includes(name)) {
        const wanted = { 'cleanup.policy': 'delete', 'retention.ms': '-1', ...settings };
        const configEntries = Object.entries(wanted).map(([key, value]) => ({ name: key, value }));
        await admin.createTopics({
          topics: [{ topic: name, numPartitions: partitions, configEntries }],
        });
      }
      if (order === 'any') return;
      const { topics } = await admin.fetchTopicMetadata({ topics: [name] });
      const actual = topics[0]?.partitions.length ?? 0;
      if (actual === partitions) return;
      throw new CodedError(
        'topic_partitions_differ',
        `${name} has ${actual} partitions, not ${partitions}; streams would lose their order.`,
        { topic: name, actual, wanted: partitions },
      );
    });
  }

  async bounds(topic: string): Promise<readonly Bounds[]> {
    const offsets = await this.withAdmin((admin) => admin.fetchTopicOffsets(topic));
    const bounds: Bounds[] = [];
    for (const { partition, low, high } of offsets) {
      bounds[partition] = { first: BigInt(low), end: BigInt(high) };
    }
    return bounds;
  }

  async producer(): Promise<MessageProducer> {
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      // Every message names its partition; choosing it here once more is what costs the client most.
      createPartitioner: () => (args) => args.message.partition ?? 0,
      retry: RETRY,
    });
    await producer.connect();
    return new KafkaJsProducer(producer, this.options.onLog);
  }

  consume(consumption: Consumption): Running {
    const sessionTimeout = this.options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS;
    const heartbeatInterval = Math.round(sessionTimeout / 10);
    const create = () => {
      const sockets = new KafkaJsSockets();
      const consumer = clientOf(this.hearing(sockets), sockets.create).consumer({
        groupId: consumption.group,
        sessionTimeout,
        heartbeatInterval,
        maxWaitTimeInMs: 500,
        allowAutoTopicCreation: false,
        // A restart by the client cannot be stopped while it is under way; we make a new consumer instead.
        retry: { ...RETRY, restartOnFailure: () => Promise.resolve(false) },
      });
      return { consumer, cutOff: () => sockets.cutOff() };
    };
    return new KafkaJsConsumption(create, consumption, heartbeatInterval);
  }

  /** What a client says of connections that we ended ourselves is no error that somebody should look at. */
  private hearing(sockets: KafkaJsSockets): KafkaJsOptions {
    const { onLog } = this.options;
    return {
      ...this.options,
      onLog: (level, ...said) => onLog(sockets.areCutOff ? 'debug' : level, ...said),
    };
  }

  private async withAdmin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.kafka.admin({ retry: RETRY });
    try {
      await admin.connect();
      return await work(admin);
    } finally {
      await within(CLOSE_LIMIT_MS, admin.disconnect());
    }
  }
}

function clientOf(options: KafkaJsOptions, socketFactory?: ISocketFactory): Kafka {
  const { brokers, clientId, ssl, sasl, onLog } = options;
  return new Kafka({
    clientId,
    brokers: [...brokers],
    connectionTimeout: 3_000,
    retry: RETRY,
    logLevel: logLevel.INFO,
    logCreator: () => (entry) => writeTo(onLog, entry),
    ...(socketFactory === undefined ? {} : { socketFactory }),
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl: sasl as SASLOptions }),
  });
}

class KafkaJsProducer implements MessageProducer {
  constructor(
    private readonly producer: Producer,
    private readonly onLog: BrokerLog,
  ) {}

  async send(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    await this.producer.send({ topic, acks: -1, messages: messages as Mutable<OutgoingMessage>[] });
  }

  async close(): Promise<void> {
    const [closed] = await Promise.allSettled([within(CLOSE_LIMIT_MS, this.producer.disconnect())]);
    if (closed.status === 'fulfilled') return;
    this.onLog('warn', 'The producer did not close cleanly', { error: String(closed.reason) });
  }
}

/** The client declares as mutable what it only reads. */
type Mutable<T> = { -readonly [K in keyof T]: K extends 'headers' ? Record<string, string> : T[K] };

function writeTo(onLog: BrokerLog, { namespace, level, log }: LogEntry): void {
  const { message, timestamp: _timestamp, ...facts } = log;
  onLog(LEVELS[level], message, { namespace, ...(facts as Record<string, unknown>) });
}
