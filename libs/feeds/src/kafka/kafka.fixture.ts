import type { Owner, Published } from '@tributary/contracts';
import type { Position } from '@tributary/event-log';
import { CodedError, instantOfMs, streamOf, unavailable, uuidV5 } from '@tributary/kernel';

import type { DeadLetters, Inbox, Offset, PublishedReader } from '../ports';
import type { RelayCheckpoint } from './relay';

/** Mulberry32: a seed that is printed is a run that can be repeated. */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function published(stream: number, revision: bigint, position: bigint): Published {
  return {
    id: uuidV5('test', String(position)),
    type: 'attribution.line-credited.v1',
    stream: streamOf('line', 'acme', `s${stream}`),
    revision,
    previous: revision === 0n ? null : revision - 1n,
    position,
    tenant: 'acme',
    occurredAt: instantOfMs(1_700_000_000_000 + Number(position)),
    recordedAt: instantOfMs(1_700_000_000_000 + Number(position)),
    correlationId: `sale ${stream}`,
    causationId: null,
    traceParent: null,
    data: { amount: String(position), note: 'São Paulo – 100 %' },
  };
}

/** The published rows of one owner. */
export class MemoryOwner implements PublishedReader {
  readonly rows: Published[] = [];
  private readonly heads = new Map<number, bigint>();

  /** Appends to streams picked at random. */
  publish(count: number, streams: number, random: () => number): void {
    for (let i = 0; i < count; i++) {
      const stream = Math.floor(random() * streams);
      const revision = (this.heads.get(stream) ?? -1n) + 1n;
      this.heads.set(stream, revision);
      this.rows.push(published(stream, revision, BigInt(this.rows.length + 1)));
    }
  }

  async after(position: Position, limit: number) {
    const events = this.rows.slice(Number(position), Number(position) + limit);
    return { events, through: events.at(-1)?.position ?? position };
  }

  async ofStream(stream: string, after: bigint | null) {
    return this.rows.filter((row) => row.stream === stream && row.revision > (after ?? -1n));
  }
}

/** What the tables of a service's inbox do, in memory: one turn of the event loop is one transaction. */
export class MemoryInbox implements Inbox, DeadLetters {
  readonly applied: Published[] = [];
  readonly parked: { key: string; reason: string; raw: string }[] = [];
  readonly offsets = new Map<string, bigint>();
  readonly waiting = new Set<string>();
  ignored = 0;
  /** The next calls that find the database gone. */
  outages = 0;
  private readonly last = new Map<string, bigint>();

  async receive(_owner: Owner, events: readonly Published[], { channel, next }: Offset) {
    if (this.outages > 0) {
      this.outages--;
      throw unavailable('the database');
    }
    for (const event of events) this.take(event);
    this.offsets.set(channel, next);
  }

  async offsetOf(_owner: Owner, channel: string) {
    return this.offsets.get(channel);
  }

  async park(
    _owner: Owner,
    channel: string,
    offset: bigint,
    key: string,
    reason: string,
    raw: string,
  ) {
    this.offsets.set(channel, offset + 1n);
    this.parked.push({ key, reason, raw });
    this.waiting.add(key);
  }

  /** What an operator does once the cause is gone: the owner fills the gap. */
  async resume(stream: string, owner: PublishedReader) {
    this.waiting.delete(stream);
    const missing = await owner.ofStream(stream, this.last.get(stream) ?? null);
    for (const event of missing) this.take(event);
  }

  private take(event: Published): void {
    const last = this.last.get(event.stream) ?? -1n;
    if (event.revision <= last) {
      this.ignored++;
    } else if (this.waiting.has(event.stream) || (event.previous ?? -1n) > last) {
      this.waiting.add(event.stream);
    } else {
      this.last.set(event.stream, event.revision);
      this.applied.push(event);
    }
  }
}

export class MemoryCheckpoint implements RelayCheckpoint {
  position = 0n;
  saves = 0;
  /** Which saves are lost, as when the process dies between acknowledgement and checkpoint. */
  lost: (save: number) => boolean = () => false;

  async load() {
    return this.position;
  }

  async save(position: bigint) {
    this.saves++;
    if (this.lost(this.saves)) throw new CodedError('unavailable', 'The database went away.');
    this.position = position;
  }
}

export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs = 120_000,
): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
