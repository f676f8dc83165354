import { createHash } from 'node:crypto';

import { type ArchiveHeader, archiveFooterOf, archiveHeaderOf } from '@tributary/event-log';
import { CodedError } from '@tributary/kernel';

import { bytesOf } from '../../files';

const NEWLINE = 10;
const NOTHING = Buffer.alloc(0);

/**
 * The lines of an archive in pieces of about a megabyte, each of whole lines. Header and footer are looked at here, and the hash over
 * everything: it is the one thing that has to be made from the first byte to the last.
 */
export class Slices {
  header: ArchiveHeader | undefined;
  private readonly hash = createHash('sha256');
  /** Of which it is not known yet whether more lines follow. */
  private rest: Buffer = NOTHING;

  constructor(private readonly file: string) {}

  /** Each in memory of its own, so that whoever gets one may give it away. */
  async *read(): AsyncGenerator<Buffer, void, undefined> {
    for await (const chunk of bytesOf(this.file)) {
      const bytes = this.header === undefined ? this.withoutHeader(chunk) : chunk;
      const { rest } = this;
      // What was left over is only looked at again where a chunk has no two ends of lines of its own.
      const slice = this.slice(rest, bytes) ?? this.slice(NOTHING, Buffer.concat([rest, bytes]));
      if (slice === undefined) continue;
      this.hash.update(slice);
      yield slice;
    }
  }

  /** Whether the last line says what was read; throws where it says anything else. */
  assertEnd(events: number): void {
    const [footer = '', ...behind] = this.rest.toString('utf8').split('\n');
    archiveFooterOf(footer, events + 2, events, this.hash.digest('hex'));
    if (behind.join('\n') !== '')
      throw new CodedError('archive_broken', 'Something follows the footer.');
  }

  /** All lines but the last, which may be the footer, and waits for the one behind it. */
  private slice(before: Buffer, bytes: Buffer): Buffer | undefined {
    const last = bytes.lastIndexOf(NEWLINE);
    const end = last <= 0 ? 0 : bytes.lastIndexOf(NEWLINE, last - 1) + 1;
    this.rest = bytes.subarray(end);
    if (end === 0) return undefined;
    const slice = Buffer.allocUnsafeSlow(before.length + end);
    slice.set(before);
    slice.set(bytes.subarray(0, end), before.length);
    return slice;
  }

  private withoutHeader(chunk: Buffer): Buffer {
    const bytes = Buffer.concat([this.rest, chunk]);
    this.rest = NOTHING;
    const end = bytes.indexOf(NEWLINE) + 1;
    if (end === 0) return bytes;
    this.header = archiveHeaderOf(bytes.toString('utf8', 0, end - 1));
    this.hash.update(bytes.subarray(0, end));
    return bytes.subarray(end);
  }
}
