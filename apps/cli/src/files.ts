import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip, createGzip } from 'node:zlib';

import { CodedError } from '@tributary/kernel';

const isPacked = (file: string): boolean => file.endsWith('.gz');

const READ_BYTES = 1024 * 1024;

/** What stands in a file, unpacked where its name ends in `.gz`. */
export async function* bytesOf(file: string): AsyncGenerator<Buffer, void, undefined> {
  const bytes = createReadStream(file, { highWaterMark: READ_BYTES });
  const plain = isPacked(file) ? bytes.pipe(createGunzip({ chunkSize: READ_BYTES })) : bytes;
  // An error of the file itself does not travel along a pipe.
  bytes.on('error', (error) => plain.destroy(error));
  try {
    yield* plain as AsyncIterable<Buffer>;
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    bytes.destroy();
  }
}

/** Its lines, without their newlines; cut by hand, which takes a third of the time of `node:readline`. */
export async function* linesOf(file: string): AsyncGenerator<string, void, undefined> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of bytesOf(file)) {
    const text = rest + decoder.write(chunk);
    let at = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
      yield text.slice(at, end);
      at = end + 1;
    }
    rest = text.slice(at);
  }
  rest += decoder.end();
  if (rest !== '') yield rest;
}

/**
 * Writes what comes, packed where the name ends in `.gz`; the same lines give the same bytes. Written beside it and moved there at the
 * end, so that a file of that name is whole; one that is there already stays.
 */
export async function writeLines(file: string, lines: AsyncIterable<string>): Promise<void> {
  await assertFree(file);
  const draft = `${file}.part`;
  const packers: Transform[] = isPacked(file) ? [createGzip()] : [];
  try {
    await pipeline([Readable.from(lines), ...packers, createWriteStream(draft, { flush: true })]);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw isOfFiles(error) ? unwritable(file, error) : error;
  }
}

async function assertFree(file: string): Promise<void> {
  const isThere = await stat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw unwritable(file, error);
    },
  );
  if (!isThere) return;
  const message = `${file} is there already. Name a file that is not, or remove it.`;
  throw new CodedError('file_exists', message, { file });
}

/** What the disk says, and not who reads the lines. */
const isOfFiles = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && 'path' in error;

const unwritable = (file: string, error: Error): CodedError =>
  new CodedError('file_unwritable', `${file} cannot be written: ${error.message}`, { file });

export async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** In bytes, as it lies there. */
export async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    throw unreadable(file, error);
  }
}

const unreadable = (file: string, error: unknown): CodedError =>
  new CodedError('file_unreadable', `${file} cannot be read: ${(error as Error).message}`, {
    file,
  });
