import type { Owner, Published } from '@tributary/contracts';
import type { Position } from '@tributary/event-log';
import { hasCode, msOf } from '@tributary/kernel';

import type { PublishedReader, Running } from '../ports';
import { Wake } from '../wake';
import { Backoff } from './backoff';
import {
  type MessageBroker,
  type MessageProducer,
  type OutgoingMessage,
  type TopicLayout,
  topicOf,
} from './broker';
import { toMessage } from './cloud-event';

/** How far the relay of one owner has come. Whoever holds its lease implements it. */
export interface RelayCheckpoint {
  load(): Promise<Position>;
  /** Rejects with `fenced` when somebody else relays by now. */
  save(position: Position): Promise<void>;
}

export interface RelayObserver {
  /** After the acknowledgement and the checkpoint. `lagMs`: age of the last event of the page. */
  sent(page: { readonly events: number; readonly through: Position; readonly lagMs: number }): void;
  failed(error: unknown, attempt: number): void;
}

export interface RelayOptions {
  readonly owner: Owner;
  readonly reader: PublishedReader;
  readonly checkpoint: RelayCheckpoint;
  readonly broker: MessageBroker;
  readonly observer: RelayObserver;
  readonly topic?: TopicLayout;
  readonly pageSize?: number;
  /** How long it sleeps at the head of the log when nobody nudges it. */
  readonly pollMs?: number;
  readonly nowMs?: () => number;
  /** Rings when something was published in this process, so that it need not sleep. */
  readonly wake?: Wake;
}

export interface Relay extends Running {
  /** Resolves when it was stopped; rejects when it was fenced out. */
  readonly done: Promise<void>;
  /** Something was published: look at once. */
  nudge(): void;
}

interface Page {
  readonly messages: readonly OutgoingMessage[];
  readonly last: Published | undefined;
  readonly through: Position;
}

const PAGE_SIZE = 3_000;
const POLL_MS = 250;
/** Kafka refuses a batch of one partition above 1 MiB; UTF-8 takes at most three bytes per UTF-16 unit. */
const PARTITION_CHARS_MAX = 300 * 1024;

/**
 * The log is the outbox: reads what was published after the checkpoint, sends it in order, and moves the checkpoint only after
 * every replica has acknowledged. So nothing is skipped, some is repeated, and readers ignore repeats by revision.
 */
export function startRelay(options: RelayOptions): Relay {
  const stopping = new AbortController();
  const { wake = new Wake() } = options;
  const done = relayUntilStopped(options, stopping.signal, wake);
  // Whoever starts a relay may look at its end later than it comes.
  const ended = Promise.allSettled([done]);
  return {
    done,
    nudge: () => wake.ring(),
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

async function relayUntilStopped(
  options: RelayOptions,
  stopping: AbortSignal,
  wake: Wake,
): Promise<void> {
  const backoff = new Backoff();
  while (!stopping.aborted) {
    const [session] = await Promise.allSettled([relay(options, backoff, stopping, wake)]);
    if (session.status === 'fulfilled') return;
    if (hasCode(session.reason, 'fenced')) throw session.reason;
    options.observer.failed(session.reason, backoff.attempts + 1);
    await backoff.wait(stopping);
  }
}

/** One producer's life. It begins at the checkpoint, so that what was not acknowledged is sent again. */
async function relay(
  options: RelayOptions,
  backoff: Backoff,
  stopping: AbortSignal,
  wake: Wake,
): Promise<void> {
  const { owner, broker, checkpoint, observer, pollMs = POLL_MS, nowMs = Date.now } = options;
  const topic = topicOf(owner, options.topic);
  await broker.ensureTopic(topic);
  let through = await checkpoint.load();
  const producer = await broker.producer();
  try {
    let seen = wake.count;
    let ahead = readPage(options, through, topic.partitions);
    while (!stopping.aborted) {
      const page = await settled(ahead);
      if (page.through === through) {
        await wake.after(seen, pollMs, stopping);
        seen = wake.count;
        ahead = readPage(options, through, topic.partitions);
        continue;
      }
      // The next page is read and written out while this one is on its way.
      ahead = readPage(options, page.through, topic.partitions);
      await sendAll(producer, topic.name, page.messages);
      await checkpoint.save(page.through);
      through = page.through;
      backoff.succeeded();
      if (page.last === undefined) continue;
      const lagMs = Math.max(0, nowMs() - msOf(page.last.recordedAt));
      observer.sent({ events: page.messages.length, through, lagMs });
    }
  } finally {
    await producer.close();
  }
}

type Settled<T> = Promise<[PromiseSettledResult<T>]>;

/** Settled, because a page that was read ahead may never be looked at when sending the one before it fails. */
const readPage = (options: RelayOptions, after: Position, partitions: number): Settled<Page> =>
  Promise.allSettled([pageAfter(options, after, partitions)]);

async function pageAfter(
  options: RelayOptions,
  after: Position,
  partitions: number,
): Promise<Page> {
  const { owner, reader, pageSize = PAGE_SIZE } = options;
  const { events, through } = await reader.after(after, pageSize);
  const messages = events.map((event) => toMessage(owner, event, partitions));
  return { messages, last: events.at(-1), through };
}

async function settled<T>(result: Settled<T>): Promise<T> {
  const [{ status, ...rest }] = await result;
  if (status === 'rejected') throw (rest as PromiseRejectedResult).reason;
  return (rest as PromiseFulfilledResult<T>).value;
}

/** One request after the other, so that each partition has one batch in flight; all partitions share a request. */
async function sendAll(
  producer: MessageProducer,
  topic: string,
  messages: readonly OutgoingMessage[],
): Promise<void> {
  for (const request of requestsOf(messages)) await producer.send(topic, request);
}

/** Cuts where the batch of one partition would grow beyond what a broker takes. */
export function* requestsOf(
  messages: readonly OutgoingMessage[],
  partitionCharsMax = PARTITION_CHARS_MAX,
): Generator<readonly OutgoingMessage[]> {
  let from = 0;
  let chars = new Map<number, number>();
  for (const [i, { partition, key, value }] of messages.entries()) {
    const size = key.length + value.length;
    const sum = (chars.get(partition) ?? 0) + size;
    if (sum > partitionCharsMax && i > from) {
      yield messages.slice(from, i);
      from = i;
      chars = new Map([[partition, size]]);
    } else {
      chars.set(partition, sum);
    }
  }
  if (from < messages.length) yield messages.slice(from);
}
