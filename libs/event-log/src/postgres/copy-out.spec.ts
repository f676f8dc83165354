import { PassThrough } from 'node:stream';
import { CopyOut } from './copy-out';

const ROWS = ['1\tone\n', '2\tzwölf €\n', `3\t${'x'.repeat(300)}\n`];

function message(letter: string, content: string): Buffer {
  const head = Buffer.alloc(5);
  head.write(letter);
  head.writeInt32BE(Buffer.byteLength(content) + 4, 1);
  return Buffer.concat([head, Buffer.from(content)]);
}

const [first, ...others] = ROWS.map((row) => message('d', row)) as [Buffer, ...Buffer[]];
const END = Buffer.concat([message('c', ''), message('C', 'COPY 3\0'), message('Z', 'T')]);
/** A notice may come at any time. */
const ANSWER = Buffer.concat([message('H', '\0\0\0'), first, message('N', '\0'), ...others, END]);

/** A connection whose driver tells the copy, as the real one does, when it is free again. */
function connected(copy: CopyOut) {
  const stream = new PassThrough();
  const forDriver: Buffer[] = [];
  stream.on('data', (bytes: Buffer) => {
    forDriver.push(Buffer.from(bytes));
    if (Buffer.concat(forDriver).equals(END)) copy.handleReadyForQuery();
  });
  copy.submit({ stream, query: () => undefined });
  return { stream, forDriver: () => Buffer.concat(forDriver) };
}

async function textOf(copy: CopyOut): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of copy.chunks()) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

describe('Receiving what COPY sends', () => {
  it.each([1, 2, 7, 64, 1_000])('finds whole rows in pieces of %d bytes', async (size) => {
    const copy = new CopyOut('copy t to stdout');
    const { stream, forDriver } = connected(copy);
    const received = textOf(copy);
    for (let at = 0; at < ANSWER.length; at += size)
      stream.write(Buffer.from(ANSWER.subarray(at, at + size)));
    expect(await received).toBe(ROWS.join('').replaceAll('\n', '\t'));
    expect(forDriver()).toEqual(END);
  });

  it('hands an error to the driver, and then to the reader behind the rows before it', async () => {
    const copy = new CopyOut('copy t to stdout');
    const { stream, forDriver } = connected(copy);
    const failure = message('E', 'SERROR\0\0');
    stream.write(Buffer.concat([first, failure]));
    const chunks = copy.chunks();
    expect((await chunks.next()).value?.toString()).toBe('1\tone\t');
    expect(forDriver()).toEqual(failure);
    copy.handleError(new Error('refused'));
    await expect(chunks.next()).rejects.toThrow('refused');
  });

  it('holds a fast server back until its rows are taken', async () => {
    const copy = new CopyOut('copy t to stdout');
    const { stream } = connected(copy);
    for (let i = 0; i < 4; i++) {
      stream.write(Buffer.from(first));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(stream.isPaused()).toBe(true);
    await copy.chunks().next();
    expect(stream.isPaused()).toBe(false);
  });
});
