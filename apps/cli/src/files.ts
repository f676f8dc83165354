import { createReadStream, createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

import { CodedError } from '@tributary/kernel';

const isPacked = (file: string): boolean => file.endsWith('.gz');

/** The lines of a file, unpacked where its name ends in `.gz`. */
export async function* linesOf(file: string): AsyncGenerator<string, void, undefined> {
  const bytes = createReadStream(file);
  const text = isPacked(file) ? bytes.pipe(createGunzip()) : bytes;
  // An error of the file itself does not travel along a pipe.
  bytes.on('error', (error) => text.destroy(error));
  try {
    yield* createInterface({ input: text, crlfDelay: Infinity });
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    bytes.destroy();
  }
}

/** Writes what comes, packed where the name ends in `.gz`; the same lines give the same bytes. */
export async function writeLines(file: string, lines: AsyncIterable<string>): Promise<void> {
  const packers: Transform[] = isPacked(file) ? [createGzip()] : [];
  await pipeline([Readable.from(lines), ...packers, createWriteStream(file)]);
}

export async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

const unreadable = (file: string, error: unknown): CodedError =>
  new CodedError('file_unreadable', `${file} cannot be read: ${(error as Error).message}`, {
    file,
  });
