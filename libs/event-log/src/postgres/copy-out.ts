import type { Submittable } from 'pg';

/** What of a connection is taken over while it copies; the driver's own types leave it out. */
interface Wire {
  readonly stream: NodeJS.ReadableStream;
  query(text: string): void;
}

type Listener = (chunk: Buffer) => void;

const LETTER = (letter: string): number => letter.charCodeAt(0);
const COPY_DATA = LETTER('d');
/** What may stand before and among the rows and is of no concern to who reads them. */
const ASIDE = new Set(['H', 'S', 'N', 'A'].map(LETTER));
/** A letter, and a length that counts itself. */
const HEAD_BYTES = 5;
/** Chunks that may wait for whoever reads them. */
const MOST_WAITING = 4;
const NOTHING = Buffer.alloc(0);
const TAB = 0x09;

/**
 * COPY … TO STDOUT as chunks of whole rows, all of their values separated by tabs. Every row is a message of its own, and a general
 * reader makes an object and a copy of each; this one only moves the rows together in the chunk that they came in, which halves what
 * it costs to receive them.
 */
export class CopyOut implements Submittable {
  private stream: NodeJS.ReadableStream | undefined;
  private driver: Listener | undefined;
  private rest: Buffer = NOTHING;
  private readonly waiting: Buffer[] = [];
  private ended = false;
  private failure: Error | undefined;
  private wake: (() => void) | undefined;

  constructor(private readonly text: string) {}

  submit(connection: unknown): void {
    const { stream } = connection as Wire;
    [this.driver] = stream.listeners('data') as Listener[];
    this.stream = stream;
    if (this.driver) stream.off('data', this.driver);
    stream.on('data', this.take);
    (connection as Wire).query(this.text);
  }

  async *chunks(): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      const chunk = this.waiting.shift();
      if (chunk) {
        if (this.waiting.length === MOST_WAITING - 1) this.stream?.resume();
        yield chunk;
      } else if (this.failure) throw this.failure;
      else if (this.ended) return;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** Also when the connection is lost, in the middle of a row or before the first one. */
  handleError(error: Error): void {
    this.giveBack(NOTHING);
    this.failure = error;
    this.wake?.();
  }

  handleCommandComplete(): void {
    // The connection is free a message later, and that is when there is nothing more to come.
  }

  handleReadyForQuery(): void {
    this.ended = true;
    this.wake?.();
  }

  private readonly take = (chunk: Buffer): void => {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let rowsEnd = 0;
    let at = 0;
    while (at + HEAD_BYTES <= bytes.length) {
      const code = bytes[at] as number;
      const isRow = code === COPY_DATA;
      if (!isRow && !ASIDE.has(code)) break;
      const end = at + 1 + bytes.readUInt32BE(at + 1);
      if (end > bytes.length) break;
      if (isRow) {
        bytes.copyWithin(rowsEnd, at + HEAD_BYTES, end);
        rowsEnd += end - at - HEAD_BYTES;
        // In place of its line feed, so that one cut through the text yields the values of all rows.
        bytes[rowsEnd - 1] = TAB;
      }
      at = end;
    }
    this.rest = bytes.subarray(at);
    if (rowsEnd > 0) this.hand(bytes.subarray(0, rowsEnd));
    const next = this.rest[0];
    // The end, or an error: from here on it is an answer like any other.
    if (next !== undefined && next !== COPY_DATA && !ASIDE.has(next)) this.giveBack(this.rest);
  };

  private hand(rows: Buffer): void {
    this.waiting.push(rows);
    if (this.waiting.length >= MOST_WAITING) this.stream?.pause();
    this.wake?.();
  }

  /** The connection to the driver, with what has come for it already. */
  private giveBack(bytes: Buffer): void {
    const { stream, driver } = this;
    this.driver = undefined;
    if (!stream || !driver) return;
    stream.off('data', this.take);
    stream.on('data', driver);
    this.rest = NOTHING;
    if (bytes.length > 0) driver(bytes);
    stream.resume();
  }
}
