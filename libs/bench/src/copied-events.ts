import type { EventLog } from '@tributary/event-log';
import {
  type Recorded,
  type StreamAppend,
  type StreamName,
  prepare,
  uuidV5,
  uuidV7,
} from '@tributary/kernel';
import { causeOf } from './payouts-built';

const BYTES_PER_APPEND = 400_000;
const EVENTS_PER_CALL = 4_000;
const BYTES_PER_CALL = 8_000_000;

interface Piece {
  readonly stream: StreamName;
  readonly from: number;
  readonly events: readonly Recorded[];
}

/** The same events in a log of their own, as a backfill would write them: stream by stream, prepared while what came before is being written. */
export class CopiedEvents {
  private readonly calls: readonly (readonly Piece[])[];

  constructor(
    private readonly log: EventLog,
    events: readonly Recorded[],
    private readonly name: string,
  ) {
    this.calls = callsOf(events);
  }

  async append(): Promise<void> {
    let writing: Promise<void> = Promise.resolve();
    for (const call of this.calls) {
      const appends = call.map((piece) => this.appendOf(piece));
      await writing;
      writing = this.appendAll(appends);
    }
    await writing;
  }

  private appendOf({ stream, from, events }: Piece): StreamAppend {
    const copy = stream.replace('.', `${this.name}.`) as StreamName;
    const cause = causeOf(uuidV5(copy, String(from)));
    return {
      stream: copy,
      expected: from === 0 ? 'none' : BigInt(from - 1),
      events: events.map(({ type, data, occurredAt }, i) =>
        prepare({ type, data, occurredAt }, cause, i, uuidV7(Date.now())),
      ),
    };
  }

  private async appendAll(appends: readonly StreamAppend[]): Promise<void> {
    for (const verdict of await this.log.appendMany(appends))
      if (verdict.status === 'rejected') throw verdict.reason;
  }
}

function callsOf(events: readonly Recorded[]): readonly (readonly Piece[])[] {
  const calls: Piece[][] = [];
  let [inCall, bytesInCall] = [Infinity, 0];
  for (const piece of piecesOf(events)) {
    const bytes = piece.events.reduce((sum, event) => sum + bytesOf(event), 0);
    if (inCall + piece.events.length > EVENTS_PER_CALL || bytesInCall + bytes > BYTES_PER_CALL) {
      calls.push([]);
      [inCall, bytesInCall] = [0, 0];
    }
    calls.at(-1)?.push(piece);
    inCall += piece.events.length;
    bytesInCall += bytes;
  }
  return calls;
}

/** Pieces of a stream follow one another. */
function piecesOf(events: readonly Recorded[]): readonly Piece[] {
  const byStream = new Map<StreamName, Recorded[]>();
  for (const event of events) {
    const same = byStream.get(event.stream);
    if (same) same.push(event);
    else byStream.set(event.stream, [event]);
  }
  return [...byStream].flatMap(([stream, all]) => {
    const pieces: { stream: StreamName; from: number; events: Recorded[] }[] = [];
    let bytes = Infinity;
    for (const [from, event] of all.entries()) {
      const size = bytesOf(event);
      if (bytes + size > BYTES_PER_APPEND) {
        pieces.push({ stream, from, events: [] });
        bytes = 0;
      }
      pieces.at(-1)?.events.push(event);
      bytes += size;
    }
    return pieces;
  });
}

const bytesOf = ({ data }: Recorded): number => JSON.stringify(data).length;
