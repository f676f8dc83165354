import { invariant, msOf } from '@tributary/kernel';
import type { PreparedEvent } from '@tributary/kernel';
import type { Pending } from './pending';

/** The columns in the order in which a row has them; the position is the server's to give. */
export const COPIED_COLUMNS = [
  'revision',
  'occurred_at',
  'recorded_at',
  'schema_version',
  'command_index',
  'id',
  'command_id',
  'causation_id',
  'content_hash',
  'stream',
  'type',
  'fingerprint',
  'actor',
  'correlation_id',
  'trace_parent',
  'data',
] as const;

const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const COPY_DATA = 0x64;
const COPY_DONE = 0x63;
/** The server begins with the first rows while the last ones are still on their way. */
const MESSAGE_BYTES = 64 * 1024;
/** Lengths, numbers, identifiers and the hash of a row, and the head of a message. */
const FIXED_BYTES = 256;
const MAX_BYTES_PER_CHARACTER = 3;
const MAX_SHORT_TEXT = 80;
const NULL = -1;
const JSONB_VERSION = 1;
const DASH = 45;

/** All messages of a COPY in binary form, put together in one buffer: nothing is left for the collector but that. */
export function copyMessages(lines: readonly Pending[], bytes: number): Buffer {
  const rows = new CopyRows(bytes);
  for (const { next, events, recordedAtMs, stream } of lines) {
    let revision = Number(next);
    for (const event of events) rows.row(event, stream, revision++, recordedAtMs);
  }
  return rows.finished();
}

class CopyRows {
  private buffer: Buffer;
  private at = 0;
  private messageAt = 0;
  /** Neighbours often share a moment. */
  private lastMoment = '';
  private lastMs = 0;

  constructor(bytes: number) {
    this.buffer = Buffer.allocUnsafe(bytes * 2 + MESSAGE_BYTES);
    this.beginMessage();
    this.at += HEADER.copy(this.buffer, this.at);
  }

  row(event: PreparedEvent, stream: string, revision: number, recordedAtMs: number): void {
    this.reserve(event, stream);
    if (this.at - this.messageAt > MESSAGE_BYTES) {
      this.endMessage();
      this.beginMessage();
    }
    if (event.occurredAt !== this.lastMoment) {
      this.lastMoment = event.occurredAt;
      this.lastMs = msOf(event.occurredAt);
    }
    this.at = this.buffer.writeInt16BE(COPIED_COLUMNS.length, this.at);
    this.bigint(revision);
    this.bigint(this.lastMs);
    this.bigint(recordedAtMs);
    this.integer(event.schemaVersion);
    this.integer(event.commandIndex);
    this.uuid(event.id);
    this.uuid(event.commandId);
    if (event.causationId === null) this.int32(NULL);
    else this.uuid(event.causationId);
    this.hash(event.contentHash);
    this.text(stream);
    this.text(event.type);
    this.text(event.fingerprint);
    this.text(event.actor);
    this.text(event.correlationId);
    if (event.traceParent === null) this.int32(NULL);
    else this.text(event.traceParent);
    this.json(event.dataText);
  }

  finished(): Buffer {
    this.at = this.buffer.writeInt16BE(-1, this.at);
    this.endMessage();
    this.at = this.buffer.writeUInt8(COPY_DONE, this.at);
    this.int32(4);
    return this.buffer.subarray(0, this.at);
  }

  private beginMessage(): void {
    this.messageAt = this.at;
    this.at = this.buffer.writeUInt8(COPY_DATA, this.at) + 4;
  }

  private endMessage(): void {
    // The length counts itself, and not the letter before it.
    this.buffer.writeInt32BE(this.at - this.messageAt - 1, this.messageAt + 1);
  }

  private reserve(event: PreparedEvent, stream: string): void {
    const characters =
      event.dataText.length +
      stream.length +
      event.type.length +
      event.fingerprint.length +
      event.actor.length +
      event.correlationId.length +
      (event.traceParent?.length ?? 0);
    const needed = this.at + FIXED_BYTES + characters * MAX_BYTES_PER_CHARACTER;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }

  private int32(value: number): void {
    this.at = this.buffer.writeInt32BE(value, this.at);
  }

  private integer(value: number): void {
    this.int32(4);
    this.int32(value);
  }

  /** Two halves, because a `bigint` for each number would cost more than the rest of it. */
  private bigint(value: number): void {
    this.int32(8);
    this.int32(Math.floor(value / 2 ** 32));
    this.at = this.buffer.writeUInt32BE(value >>> 0, this.at);
  }

  private uuid(text: string): void {
    this.int32(16);
    const { buffer } = this;
    let { at } = this;
    for (let i = 0; i < text.length; i += 2) {
      if (text.charCodeAt(i) === DASH) i++;
      buffer[at++] = (nibble(text.charCodeAt(i)) << 4) | nibble(text.charCodeAt(i + 1));
    }
    this.at = at;
  }

  private hash(hex: string): void {
    const bytes = hex.length / 2;
    this.int32(bytes);
    const written = this.buffer.write(hex, this.at, 'hex');
    invariant(written === bytes, 'a content hash is hexadecimal');
    this.at += written;
  }

  private text(text: string): void {
    const written = this.ascii(text, this.at + 4) ?? this.buffer.write(text, this.at + 4);
    this.int32(written);
    this.at += written;
  }

  /** For short texts, a call into the runtime costs more than this. Undefined where it is not ASCII after all. */
  private ascii(text: string, at: number): number | undefined {
    const { length } = text;
    if (length > MAX_SHORT_TEXT) return undefined;
    const { buffer } = this;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return undefined;
      buffer[at + i] = code;
    }
    return length;
  }

  private json(text: string): void {
    const written = this.buffer.write(text, this.at + 5);
    this.int32(written + 1);
    this.at = this.buffer.writeUInt8(JSONB_VERSION, this.at) + written;
  }
}

/** Of a digit in lower case, which `assertStorable` has seen to. */
const nibble = (code: number): number => (code < 58 ? code - 48 : code - 87);
