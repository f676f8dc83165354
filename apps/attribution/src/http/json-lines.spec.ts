import { MAX_LINE_BYTES, linesOf } from './json-lines';

describe('reading lines of a long stream', () => {
  it('puts lines together that chunks have cut, also inside a character', async () => {
    const bytes = Buffer.from('{"a":"é"}\n{"b":2}\r\n\n{"c":3}');
    for (let size = 1; size < bytes.length; size++) {
      const batches = await all(linesOf(chunksOf(bytes, size), 10));
      expect(
        batches.flat().map(({ number, text }) => [number, typeof text === 'string' && text.trim()]),
      ).toEqual([
        [1, '{"a":"é"}'],
        [2, '{"b":2}'],
        [4, '{"c":3}'],
      ]);
    }
  });

  it('gives batches of the size that was asked for', async () => {
    const batches = await all(linesOf(chunksOf(Buffer.from('1\n2\n3\n4\n5\n'), 4), 2));
    expect(batches.map((batch) => batch.map(({ text }) => text))).toEqual([
      ['1', '2'],
      ['3', '4'],
      ['5'],
    ]);
  });

  it('names a line that is too long without keeping it, and goes on after it', async () => {
    const bytes = Buffer.from(`1\n${'x'.repeat(3 * MAX_LINE_BYTES)}\n3\n`);
    const batches = await all(linesOf(chunksOf(bytes, 50_000), 10));
    expect(batches.flat()).toEqual([
      { number: 1, text: '1' },
      { number: 2, text: { unreadable: 'too_long' } },
      { number: 3, text: '3' },
    ]);
  });

  it('names a line that is no text instead of guessing what it said', async () => {
    const bytes = Buffer.from('1\nM\xfcnchen\nM\xc3\xbcnchen\n', 'latin1');
    for (const size of [1, 7, bytes.length]) {
      const batches = await all(linesOf(chunksOf(bytes, size), 10));
      expect(batches.flat()).toEqual([
        { number: 1, text: '1' },
        { number: 2, text: { unreadable: 'not_utf8' } },
        { number: 3, text: 'München' },
      ]);
    }
  });
});

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}
