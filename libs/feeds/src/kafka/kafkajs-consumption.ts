import type { Consumer, EachBatchPayload, IHeaders } from 'kafkajs';

import type { Running } from '../ports';
import { aborted } from '../wake';
import { Backoff, within } from './backoff';
import type { Consumption } from './broker';

const JOINED_LIMIT_MS = 500;
const STOP_LIMIT_MS = 5_000;
const COMMIT_EVERY_MS = 1_000;

export interface Life {
  readonly consumer: Consumer;
  /** Ends its connections, whatever still waits for an answer. */
  readonly cutOff: () => void;
}

/**
 * One consumption over many lives of the client's consumer. What the client decides by itself is kept small: it joins the
 * group, fetches and beats; where to begin, when to go on and when to begin again is decided here.
 */
export class KafkaJsConsumption implements Running {
  private readonly stopping = new AbortController();
  /** Aborted when the partitions that we hold may belong to others. */
  private assignment = new AbortController();
  private readonly committedAtMs = new Map<string, number>();
  private readonly running: Promise<void>;

  constructor(
    private readonly create: () => Life,
    private readonly consumption: Consumption,
    private readonly heartbeatMs: number,
  ) {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.assignment.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const backoff = new Backoff();
    while (!this.stopping.signal.aborted) {
      const [life] = await Promise.allSettled([this.live(backoff)]);
      if (life.status === 'fulfilled') continue;
      this.consumption.onTrouble(life.reason);
      await backoff.wait(this.stopping.signal);
    }
  }

  private async live(backoff: Backoff): Promise<void> {
    const { consumer, cutOff } = this.create();
    const crashed = new Promise<Error>((resolve) => {
      consumer.on('consumer.crash', ({ payload }) => resolve(payload.error));
    });
    consumer.on('consumer.group_join', ({ payload }) => {
      // Whoever joins after it was stopped cannot be stopped any more; this error ends its joining.
      if (this.stopping.signal.aborted) throw new Error('Stopped while joining the group.');
      backoff.succeeded();
      this.assigned(consumer, payload.memberAssignment);
    });
    const stopped = aborted(this.stopping.signal);
    const started = this.start(consumer);
    try {
      await Promise.race([started, stopped]);
      const error = await Promise.race([crashed, stopped]);
      if (error !== undefined) throw error;
    } finally {
      this.assignment.abort();
      // An unfinished start would go on behind our back, and nobody could stop what it starts.
      const [joined] = await Promise.allSettled([within(JOINED_LIMIT_MS, started)]);
      if (joined.status === 'fulfilled' && joined.value) {
        await Promise.allSettled([within(STOP_LIMIT_MS, consumer.disconnect())]);
      }
      cutOff();
      await Promise.allSettled([within(STOP_LIMIT_MS, started)]);
    }
  }

  private async start(consumer: Consumer): Promise<void> {
    await consumer.connect();
    await consumer.subscribe({ topics: [...this.consumption.topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => this.take(payload),
    });
  }

  /** Runs before the first fetch of the new assignment, which therefore finds all of it paused. */
  private assigned(consumer: Consumer, assignment: Readonly<Record<string, number[]>>): void {
    this.assignment.abort();
    this.assignment = new AbortController();
    const topics = Object.entries(assignment).map(([topic, partitions]) => ({ topic, partitions }));
    consumer.pause(topics);
    const all = topics.flatMap(({ topic, partitions }) =>
      partitions.map((partition) => ({ topic, partition })),
    );
    void this.seat(consumer, all, this.assignment.signal);
  }

  private async seat(
    consumer: Consumer,
    assigned: readonly { readonly topic: string; readonly partition: number }[],
    signal: AbortSignal,
  ): Promise<void> {
    const backoff = new Backoff();
    const waiting = [...assigned];
    for (let next = waiting[0]; next !== undefined && !signal.aborted; next = waiting[0]) {
      const { topic, partition } = next;
      try {
        const offset = await this.consumption.startAt(topic, partition, signal);
        if (signal.aborted) return;
        consumer.seek({ topic, partition, offset: String(offset) });
        consumer.resume([{ topic, partitions: [partition] }]);
        waiting.shift();
        backoff.succeeded();
      } catch (error) {
        if (signal.aborted) return;
        this.consumption.onTrouble(error);
        await backoff.wait(signal);
      }
    }
  }

  private async take(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const { topic, partition } = batch;
    const next = BigInt(batch.lastOffset()) + 1n;
    const end = BigInt(batch.highWatermark);
    const messages = batch.messages.map(({ offset, key, value, headers }) => ({
      offset: BigInt(offset),
      key,
      value,
      headers: headersOf(headers),
    }));
    await this.whileBeating(payload, (signal) =>
      this.consumption.onBatch({ topic, partition, messages, next, end, signal }),
    );
    payload.resolveOffset(batch.lastOffset());
    await this.tellGroup(payload, next);
  }

  /** The group must hear of us also while the database takes its time; when it refuses, somebody else has the partition. */
  private async whileBeating(
    payload: EachBatchPayload,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const own = new AbortController();
    const abandon = () => own.abort();
    const { signal: assigned } = this.assignment;
    if (assigned.aborted) abandon();
    assigned.addEventListener('abort', abandon, { once: true });
    let refused: { readonly error: unknown } | undefined;
    const beat = setInterval(() => {
      payload.heartbeat().catch((error: unknown) => {
        refused ??= { error };
        abandon();
      });
    }, this.heartbeatMs);
    const [worked] = await Promise.allSettled([work(own.signal)]);
    clearInterval(beat);
    assigned.removeEventListener('abort', abandon);
    // The client joins again on its own error, and only on that.
    if (refused !== undefined) throw refused.error;
    if (worked.status === 'rejected') throw worked.reason;
  }

  /** Information for people who look at the group's lag; nobody here reads it. */
  private async tellGroup(payload: EachBatchPayload, next: bigint): Promise<void> {
    const { topic, partition } = payload.batch;
    const key = `${topic}/${partition}`;
    const nowMs = Date.now();
    if (nowMs - (this.committedAtMs.get(key) ?? 0) < COMMIT_EVERY_MS) return;
    this.committedAtMs.set(key, nowMs);
    await payload.commitOffsetsIfNecessary({
      topics: [{ topic, partitions: [{ partition, offset: String(next) }] }],
    });
  }
}

/** Of a header that stands there several times the first counts; nobody who follows the specification repeats one. */
const headersOf = (headers: IHeaders = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const first = Array.isArray(value) ? value[0] : value;
      return [name.toLowerCase(), first === undefined ? '' : first.toString()];
    }),
  );
