import { StringDecoder } from 'node:string_decoder';

export const MAX_LINE_CHARACTERS = 128 * 1024;

export interface Line {
  /** 1 for the first. */
  readonly number: number;
  /** Undefined for a line that is longer than any event may be. */
  readonly text: string | undefined;
}

/** Lines of a stream in batches, so that memory is bounded by a batch whatever the length of the stream. Empty lines are skipped. */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  most: number,
): AsyncGenerator<Line[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let tooLong = false;
  let number = 0;
  let batch: Line[] = [];

  const take = (text: string) => {
    number += 1;
    if (tooLong || text.length > MAX_LINE_CHARACTERS) batch.push({ number, text: undefined });
    else if (text.trim() !== '') batch.push({ number, text });
    tooLong = false;
  };
  for await (const chunk of chunks) {
    const lines = (
      rest + decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    ).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      take(line);
      if (batch.length < most) continue;
      yield batch;
      batch = [];
    }
    if (rest.length > MAX_LINE_CHARACTERS) {
      tooLong = true;
      rest = '';
    }
  }
  rest += decoder.end();
  if (rest !== '' || tooLong) take(rest);
  if (batch.length > 0) yield batch;
}
