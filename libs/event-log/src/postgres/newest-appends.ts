import {
  type JsonObject,
  type PreparedEvent,
  type Recorded,
  instantOfMs,
  tenantOf,
} from '@tributary/kernel';
import { passes } from '../filter';
import type { Batch, Filter, Position } from '../port';
import type { Pending } from './pending';
import { parsedAll } from './stored-events';

/** Of content. What holds an event in memory takes about three times as much. */
const MOST_BYTES = 8 * 1024 * 1024;
/** As many as a page holds. What is stored in larger pieces is backfill, and read as such. */
const MOST_AT_ONCE = 1_000;

type Line = Pick<Pending, 'events' | 'next' | 'recordedAtMs' | 'stream'>;

interface Held {
  readonly through: Position;
  readonly bytes: number;
  readonly count: number;
  /** Read by the first who asks. */
  content: readonly Line[] | { readonly events: readonly Recorded[] };
}

/**
 * What this process has just stored, for those of its subscribers who stand right before it: positions are dense and in commit order,
 * so nothing that anybody else wrote can lie in between, and the server is not asked for what was sent to it a moment ago. Whoever
 * stands elsewhere reads.
 */
export class NewestAppends {
  /** By the position before the first event. */
  private readonly after = new Map<Position, Held>();
  private bytes = 0;
  private newest = 0n;

  constructor(private readonly mostBytes = MOST_BYTES) {}

  /** `isFollowed`: somebody may come for it. */
  note(lines: readonly Pending[], base: Position, isFollowed = true): void {
    let count = 0;
    let bytes = 0;
    for (const pending of lines) {
      count += pending.events.length;
      bytes += pending.bytes;
    }
    const through = base + BigInt(count);
    if (through > this.newest) this.newest = through;
    if (!isFollowed || count > MOST_AT_ONCE || bytes > this.mostBytes) return;
    // Not the appends themselves, which hold whatever waits for them.
    const content = lines.map(({ stream, next, recordedAtMs, events }) => {
      return { stream, next, recordedAtMs, events };
    });
    this.after.set(base, { through, bytes, count, content });
    this.bytes += bytes;
    for (const [oldest, held] of this.after) {
      if (this.bytes <= this.mostBytes) return;
      this.after.delete(oldest);
      this.bytes -= held.bytes;
    }
  }

  forget(): void {
    this.after.clear();
    this.bytes = 0;
  }

  /** What follows on a position; undefined where it is not known here. */
  pageAfter(position: Position, filter: Filter): Batch | undefined {
    let through = position;
    let count = 0;
    const events: Recorded[] = [];
    for (let held = this.after.get(through); held; held = this.after.get(through)) {
      count += held.count;
      if (count > MOST_AT_ONCE) break;
      if (!('events' in held.content)) held.content = { events: recordedIn(held.content, through) };
      for (const event of held.content.events) if (passes(event, filter)) events.push(event);
      ({ through } = held);
    }
    if (through === position) return undefined;
    return { events, through, caughtUp: through === this.newest };
  }
}

/** From the text that was sent, so that nobody shares its data with whoever stated it. */
function recordedIn(lines: readonly Line[], base: Position): readonly Recorded[] {
  const texts = lines.flatMap(({ events }) => events.map(({ dataText }) => dataText));
  const data = parsedAll(texts);
  const recorded: Recorded[] = [];
  let position = base;
  for (const line of lines) {
    let revision = line.next;
    for (const event of line.events) {
      const place = { revision: revision++, position: ++position };
      recorded.push(recordedOf(event, data[recorded.length] as JsonObject, line, place));
    }
  }
  return recorded;
}

/** Spelled out, because there is one of each event that is stored. */
function recordedOf(
  event: PreparedEvent,
  data: JsonObject,
  { stream, recordedAtMs }: Line,
  { revision, position }: Pick<Recorded, 'position' | 'revision'>,
): Recorded {
  return {
    position,
    revision,
    stream,
    tenant: tenantOf(stream),
    type: event.type,
    data,
    id: event.id,
    schemaVersion: event.schemaVersion,
    occurredAt: event.occurredAt,
    recordedAt: instantOfMs(recordedAtMs),
    commandId: event.commandId,
    commandIndex: event.commandIndex,
    fingerprint: event.fingerprint,
    actor: event.actor,
    causationId: event.causationId,
    correlationId: event.correlationId,
    traceParent: event.traceParent,
    contentHash: event.contentHash,
  };
}
