import { type JsonObject, type Recorded, instantOfMs, tenantOf } from '@tributary/kernel';
import { passes } from '../filter';
import type { Batch, Filter, Position } from '../port';
import type { Pending } from './pending';
import { parsedAll } from './stored-events';

/** Of one write, as a page has them; a larger one is a backfill, which nobody follows closely. */
const MOST_EVENTS = 1_000;
const MOST_BYTES = 2 * 1024 * 1024;
/** Writes that are kept: whoever is further behind reads. */
const MOST_WRITES = 16;

interface Write {
  readonly base: Position;
  readonly through: Position;
  readonly lines: readonly Pending[];
  readonly bytes: number;
  /** Made for the first who asks, and handed to all. */
  events: readonly Recorded[] | undefined;
}

/**
 * What this process wrote last, for those who follow the log in it: the server need not send back what it was just sent. Positions
 * are dense, so whoever has looked at everything up to a write is owed exactly its events next, whoever else writes to the log.
 */
export class RecentWrites {
  private writes: Write[] = [];
  private bytes = 0;

  /** Committed, as the events behind `base`. */
  note(lines: readonly Pending[], base: Position, through: Position): void {
    let bytes = 0;
    for (const pending of lines) bytes += pending.bytes;
    if (through - base > MOST_EVENTS || bytes > MOST_BYTES) return this.forget();
    this.writes.push({ base, through, lines, bytes, events: undefined });
    this.bytes += bytes;
    while (this.writes.length > MOST_WRITES || this.bytes > MOST_BYTES)
      this.bytes -= this.writes.shift()?.bytes ?? 0;
  }

  forget(): void {
    this.writes = [];
    this.bytes = 0;
  }

  /** Undefined where it has to be read. It never says that it has caught up, because others may have gone on. */
  after(position: Position, filter: Filter): Batch | undefined {
    const write = this.writes.find(({ base, through }) => base <= position && position < through);
    if (write === undefined) return undefined;
    write.events ??= eventsOf(write);
    const fresh = write.events.slice(Number(position - write.base));
    const events = fresh.filter((event) => passes(event, filter));
    return { events, through: write.through, caughtUp: false };
  }
}

/** As the log gives them: parsed from the text that was stored, so that nobody meets anything else than who reads it later. */
function eventsOf({ base, lines }: Write): readonly Recorded[] {
  const data = parsedAll(lines.flatMap(({ events }) => events.map(({ dataText }) => dataText)));
  const recorded: Recorded[] = [];
  for (const { stream, next, events, recordedAtMs } of lines) {
    const [tenant, recordedAt] = [tenantOf(stream), instantOfMs(recordedAtMs)];
    for (const [i, event] of events.entries()) {
      const place = recorded.length;
      recorded.push({
        position: base + BigInt(place + 1),
        revision: next + BigInt(i),
        stream,
        tenant,
        type: event.type,
        data: data[place] as JsonObject,
        id: event.id,
        schemaVersion: event.schemaVersion,
        occurredAt: event.occurredAt,
        recordedAt,
        commandId: event.commandId,
        commandIndex: event.commandIndex,
        fingerprint: event.fingerprint,
        actor: event.actor,
        causationId: event.causationId,
        correlationId: event.correlationId,
        traceParent: event.traceParent || null,
        contentHash: event.contentHash,
      });
    }
  }
  return recorded;
}
