import { isUtf8 } from 'node:buffer';

export const MAX_LINE_BYTES = 128 * 1024;

export interface Line {
  /** 1 for the first. */
  readonly number: number;
  /** Or why it could not be read: it is longer than any event may be, or no text. */
  readonly text: string | { readonly unreadable: 'not_utf8' | 'too_long' };
}

const LINE_FEED = 0x0a;
const NOTHING = Buffer.alloc(0);

/** Lines of a stream in batches, so that memory is bounded by a batch whatever the length of the stream. Empty lines are skipped. */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  most: number,
): AsyncGenerator<Line[]> {
  let rest: Buffer = NOTHING;
  let tooLong = false;
  let number = 0;
  let batch: Line[] = [];

  const take = (bytes: Buffer) => {
    number += 1;
    const text = tooLong ? TOO_LONG : textOf(bytes);
    if (typeof text !== 'string' || text.trim() !== '') batch.push({ number, text });
    tooLong = false;
  };
  for await (const chunk of chunks) {
    const arrived = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const bytes = rest.length === 0 ? arrived : Buffer.concat([rest, arrived]);
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      take(bytes.subarray(start, end));
      start = end + 1;
      if (batch.length < most) continue;
      yield batch;
      batch = [];
    }
    rest = bytes.subarray(start);
    if (rest.length > MAX_LINE_BYTES) {
      tooLong = true;
      rest = NOTHING;
    }
  }
  if (rest.length > 0 || tooLong) take(rest);
  if (batch.length > 0) yield batch;
}

const TOO_LONG = { unreadable: 'too_long' } as const;

/** Decoding would put a replacement where bytes are no text, and the fact would no longer be what was sent. */
function textOf(bytes: Buffer): Line['text'] {
  if (bytes.length > MAX_LINE_BYTES) return TOO_LONG;
  return isUtf8(bytes) ? bytes.toString('utf8') : { unreadable: 'not_utf8' };
}
