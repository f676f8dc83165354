import { createHash } from 'node:crypto';

import { type ArchiveHeader, archiveFooterOf, archiveHeaderOf } from '@tributary/event-log';
import { CodedError } from '@tributary/kernel';

import { bytesOf } from '../../files';

const NEWLINE = 10;

/**
 * The lines of an archive in pieces of about a megabyte, each of whole lines. Header and footer are looked at here, and the hash over
 * everything: it is the one thing that has to be made from the first byte to the last.
 */
export class Slices {
  header: ArchiveHeader | undefined;
  private readonly hash = createHash('sha256');
  private footer = '';

  constructor(private readonly file: string) {}

  async *read(): AsyncGenerator<Buffer, void, undefined> {
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of bytesOf(this.file)) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      if (this.header === undefined) rest = this.withoutHeader(rest);
      // The last line may be the footer, so it waits for the one behind it.
      const last = rest.lastIndexOf(NEWLINE);
      const end = last <= 0 ? 0 : rest.lastIndexOf(NEWLINE, last - 1) + 1;
      if (end === 0) continue;
      const lines = rest.subarray(0, end);
      this.hash.update(lines);
      yield lines;
      rest = rest.subarray(end);
    }
    this.footer = rest.toString('utf8');
  }

  /** Whether the last line says what was read; throws where it says anything else. */
  assertEnd(events: number): void {
    const [footer = '', ...behind] = this.footer.split('\n');
    archiveFooterOf(footer, events + 2, events, this.hash.digest('hex'));
    if (behind.join('\n') !== '')
      throw new CodedError('archive_broken', 'Something follows the footer.');
  }

  private withoutHeader(bytes: Buffer): Buffer {
    const end = bytes.indexOf(NEWLINE) + 1;
    if (end === 0) return bytes;
    this.header = archiveHeaderOf(bytes.toString('utf8', 0, end - 1));
    this.hash.update(bytes.subarray(0, end));
    return bytes.subarray(end);
  }
}
