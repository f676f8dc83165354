import { isPassing } from '@tributary/postgres';
import type { Pool } from 'pg';
import type { Position } from '../port';
import { appendCall } from './append-call';
import { copyBatch } from './copy-batch';
import { asUnavailable, isOfTheData, refusedByServer } from './failures';
import { judge } from './judge';
import { type Pending, chain } from './pending';
import type { RawRow } from './stored-events';

/** What one committed call wrote, for metrics. */
export interface WrittenBatch {
  readonly appends: number;
  readonly events: number;
  readonly bytes: number;
  readonly durationMs: number;
}

export interface Written {
  /** To be judged by what stands in the log. */
  readonly doubtful: readonly Pending[];
  /** Why the server could not be reached. */
  readonly failure?: unknown;
}

export interface BatchWriterOptions {
  readonly pool: Pool;
  /** How long a batch is tried again before its appends are told `unavailable`. */
  readonly giveUpAfterMs: number;
  readonly onWritten: (batch: WrittenBatch, stored: Stored) => void;
}

/** What lies between two positions now, in this order. */
export interface Stored {
  readonly lines: readonly Pending[];
  readonly base: Position;
  readonly head: Position;
}

const RETRY_MS = { min: 10, max: 1_000 };

/** Rows that a COPY had to take back stay behind as waste, so who met one repeat expects more of them. */
const CALLS_AFTER_FAILED_COPY = 16;

/** Three statements have to be read and planned each time, which a few rows do not make up for. */
const FEWEST_COPIED = 8;

/** Writes sets of appends and settles each of them. What a call could not take is judged by what stands in the log. */
export class BatchWriter {
  private callsBeforeCopy = 0;

  constructor(private readonly options: BatchWriterOptions) {}

  /** For many events at once: the same as `write`, by COPY where all streams are new. */
  async writeBulk(batch: readonly Pending[]): Promise<Written> {
    if (countOf(batch) < FEWEST_COPIED) return this.write(batch);
    if (!batch.every(({ expected }) => expected === 'none')) return this.write(batch);
    if (this.callsBeforeCopy > 0) {
      this.callsBeforeCopy--;
      return this.write(batch);
    }
    const { lines, doubtful } = chain(batch);
    const startedAt = performance.now();
    try {
      const base = await this.persistently(
        () => copyBatch(this.options.pool, lines),
        () => doubt(lines),
      );
      this.settle(lines, base, startedAt);
      return { doubtful };
    } catch (error) {
      if (!isOfTheData(error)) return giveUp(batch, error);
      // Some stream is not new, or some row is not to be had: the call tells which.
      this.callsBeforeCopy = CALLS_AFTER_FAILED_COPY;
      return this.write(batch);
    }
  }

  /** Settles what was written or refused. Never rejects: who could not be served has been told so. */
  async write(batch: readonly Pending[]): Promise<Written> {
    const { lines, doubtful } = chain(batch);
    const written = { doubtful: [...doubtful] };
    const groups = [lines];
    for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
      if (group.length === 0) continue;
      try {
        const bad = await this.call(group);
        if (bad.size === 0) continue;
        written.doubtful.push(...group.filter(({ stream }) => bad.has(stream)));
        groups.push(group.filter(({ stream }) => !bad.has(stream)));
      } catch (error) {
        if (!isOfTheData(error))
          return giveUp([...groups.flat(), ...group, ...written.doubtful], error);
        // The server refused the data of some append in here; the others must not suffer from it.
        const middle = Math.ceil(group.length / 2);
        if (group.length === 1) group[0]?.reject(refusedByServer(error));
        else groups.push(group.slice(middle), group.slice(0, middle));
      }
    }
    return written;
  }

  /** Settles what stands in the log or contradicts it, and gives back what could be appended after all. */
  async judge(doubtful: readonly Pending[]): Promise<Pending[]> {
    if (doubtful.length === 0) return [];
    try {
      return await this.persistently(() => judge(this.options.pool, doubtful));
    } catch (error) {
      giveUp(doubtful, error);
      return [];
    }
  }

  /** One transaction. Answers the streams that are not where their appends expect them; then nothing was written. */
  private async call(lines: readonly Pending[]): Promise<ReadonlySet<string>> {
    const { query, streams } = appendCall(lines);
    const startedAt = performance.now();
    const { rows } = await this.persistently(
      () => this.options.pool.query<RawRow[]>(query),
      () => doubt(lines),
    );
    const [base, bad] = rows[0] as unknown as RawRow;
    if (bad != null) {
      const places = bad.slice(1, -1).split(',');
      return new Set(places.map((place) => streams[Number(place) - 1] as string));
    }
    this.settle(lines, BigInt(base as string), startedAt);
    return NONE;
  }

  private settle(lines: readonly Pending[], base: Position, startedAt: number): void {
    const durationMs = performance.now() - startedAt;
    let head = base;
    let totalBytes = 0;
    for (const pending of lines) {
      const count = BigInt(pending.events.length);
      head += count;
      totalBytes += pending.bytes;
      pending.resolve({ revision: pending.next + count - 1n, position: head, replayed: false });
    }
    const events = Number(head - base);
    const batch = { appends: lines.length, events, bytes: totalBytes, durationMs };
    this.options.onWritten(batch, { lines, base, head });
  }

  /** Tries again while that may help. A call that was answered by silence is safe to repeat: what it wrote is found again. */
  private async persistently<T>(attempt: () => Promise<T>, onRetry?: () => void): Promise<T> {
    const giveUpAt = performance.now() + this.options.giveUpAfterMs;
    for (let failures = 0; ; failures++) {
      try {
        return await attempt();
      } catch (error) {
        const pauseMs =
          Math.min(RETRY_MS.max, RETRY_MS.min * 2 ** failures) * (0.5 + Math.random() / 2);
        if (!isPassing(error) || performance.now() + pauseMs > giveUpAt) throw error;
        onRetry?.();
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  }
}

const countOf = (batch: readonly Pending[]): number =>
  batch.reduce((sum, { events }) => sum + events.length, 0);

function doubt(lines: readonly Pending[]): void {
  for (const pending of lines) pending.uncertain = true;
}

function giveUp(batch: readonly Pending[], failure: unknown): Written {
  for (const pending of batch) pending.reject(asUnavailable(failure));
  return { doubtful: [], failure };
}

const NONE: ReadonlySet<string> = new Set();
