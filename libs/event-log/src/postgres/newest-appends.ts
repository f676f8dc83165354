import { type JsonObject, type Recorded, instantOfMs } from '@tributary/kernel';
import { passes } from '../filter';
import type { Batch, Filter, Position } from '../port';
import { recordedFrom } from '../recorded';
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
  /** As far as the log is known to reach, whoever wrote it. */
  private head = 0n;

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
    this.hear(through);
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

  /** Who follows has not caught up as long as another process is known to be further. */
  hear(head: Position): void {
    if (head > this.head) this.head = head;
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
    return { events, through, caughtUp: through >= this.head };
  }
}

function recordedIn(lines: readonly Line[], base: Position): readonly Recorded[] {
  const data = parsedAll(lines.flatMap(({ events }) => events.map(({ dataText }) => dataText)));
  const recorded: Recorded[] = [];
  let position = base;
  for (const { stream, next, recordedAtMs, events } of lines) {
    const recordedAt = instantOfMs(recordedAtMs);
    let revision = next;
    for (const event of events) {
      const place = { stream, revision: revision++, position: ++position, recordedAt };
      recorded.push(recordedFrom(event, data[recorded.length] as JsonObject, place));
    }
  }
  return recorded;
}
