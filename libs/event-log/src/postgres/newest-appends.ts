import { type PreparedEvent, type Recorded, instantOfMs, tenantOf } from '@tributary/kernel';
import { passes } from '../filter';
import type { Batch, Filter, Position } from '../port';
import type { Pending } from './pending';

/** Of content. What holds an event in memory takes about three times as much. */
const MOST_BYTES = 8 * 1024 * 1024;
/** As many as a page holds. */
const MOST_AT_ONCE = 1_000;

interface Stored {
  readonly lines: readonly Pending[];
  readonly through: Position;
  readonly bytes: number;
  events: readonly Recorded[] | undefined;
}

/**
 * What this process has just stored, for those of its subscribers who stand right before it: positions are dense and in commit order,
 * so nothing that anybody else wrote can lie in between, and the server is not asked for what was sent to it a moment ago. Whoever
 * stands elsewhere reads.
 */
export class NewestAppends {
  /** By the position before the first event. */
  private readonly after = new Map<Position, Stored>();
  private bytes = 0;
  private newest = 0n;

  constructor(private readonly mostBytes = MOST_BYTES) {}

  note(lines: readonly Pending[], base: Position): void {
    let through = base;
    let bytes = 0;
    for (const pending of lines) {
      through += BigInt(pending.events.length);
      bytes += pending.bytes;
    }
    this.after.set(base, { lines, through, bytes, events: undefined });
    this.bytes += bytes;
    if (through > this.newest) this.newest = through;
    for (const [oldest, stored] of this.after) {
      if (this.bytes <= this.mostBytes) return;
      this.after.delete(oldest);
      this.bytes -= stored.bytes;
    }
  }

  /** What follows on a position; undefined where it did not come from here. */
  pageAfter(position: Position, filter: Filter): Batch | undefined {
    let through = position;
    const events: Recorded[] = [];
    for (let looked = 0; looked < MOST_AT_ONCE;) {
      const stored = this.after.get(through);
      if (!stored) break;
      stored.events ??= recordedIn(stored.lines, through);
      for (const event of stored.events) if (passes(event, filter)) events.push(event);
      looked += stored.events.length;
      ({ through } = stored);
    }
    return through === position
      ? undefined
      : { events, through, caughtUp: through === this.newest };
  }
}

function recordedIn(lines: readonly Pending[], base: Position): readonly Recorded[] {
  const events: Recorded[] = [];
  let position = base;
  for (const pending of lines) {
    let revision = pending.next;
    for (const event of pending.events)
      events.push(recordedAt(event, pending, revision++, ++position));
  }
  return events;
}

/** Spelled out, as every reader's: there is one of each event that is stored. */
function recordedAt(
  event: PreparedEvent,
  { stream, recordedAtMs }: Pending,
  revision: bigint,
  position: Position,
): Recorded {
  return {
    position,
    revision,
    stream,
    tenant: tenantOf(stream),
    type: event.type,
    data: event.data,
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
