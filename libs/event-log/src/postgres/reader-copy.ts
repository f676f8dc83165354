import { orUnavailable } from '@tributary/postgres';
import type { Pool, PoolClient } from 'pg';
import { CopyOut } from './copy-out';

/**
 * Positions are the order in which events lie, and there is one good way to read them in it. A log that has grown faster than its
 * statistics would be fetched, sorted on disk and only then sent, in twice the time.
 */
const IN_ORDER = 'begin read only; set local enable_sort = off; set local enable_bitmapscan = off';

/** Values of one row after the other, as many rows at once as arrive: cheaper on both sides than rows of the query protocol. */
export async function* copiedValues(
  pool: Pool,
  select: string,
): AsyncGenerator<(string | null)[], void, undefined> {
  const copy = new CopyOut(`copy (${select}) to stdout`);
  for await (const rows of copiedRows(pool, copy))
    // Without the tab behind the last row.
    yield valuesIn(rows.toString('utf8', 0, rows.length - 1));
}

/** Rows of texts without a null, as many at once as arrive, and each text as long as the server says: nothing is escaped. */
export async function* copiedTexts(
  pool: Pool,
  select: string,
): AsyncGenerator<string[], void, undefined> {
  const copy = new CopyOut(`copy (${select}) to stdout (format binary)`, 'binary');
  let start = BINARY_HEAD_BYTES;
  for await (const rows of copiedRows(pool, copy)) {
    yield textsIn(rows, start);
    start = 0;
  }
}

async function* copiedRows(pool: Pool, copy: CopyOut): AsyncGenerator<Buffer, void, undefined> {
  const client = await connected(pool);
  let finished = false;
  try {
    await client.query(IN_ORDER);
    yield* client.query(copy).chunks();
    await client.query('commit');
    finished = true;
  } catch (error) {
    throw orUnavailable(error);
  } finally {
    // Left early, the connection is still in the middle of the copy.
    client.release(!finished);
  }
}

/** Signature, flags, and the length of an extension that there is not. */
const BINARY_HEAD_BYTES = 19;
const COUNT_BYTES = 2;
const LENGTH_BYTES = 4;

/** Each row begins with how many values it has, and ends of all rows with less than none. */
export function textsIn(rows: Buffer, start: number): string[] {
  const texts: string[] = [];
  for (let at = start; at < rows.length;) {
    const count = rows.readInt16BE(at);
    at += COUNT_BYTES;
    for (let i = 0; i < count; i++) {
      const from = at + LENGTH_BYTES;
      at = from + rows.readInt32BE(at);
      texts.push(rows.toString('utf8', from, at));
    }
  }
  return texts;
}

const ESCAPED = /\\(.)/g;
const PLAIN: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Undoes COPY's own escapes; most values have none. */
function unescaped(text: string): string | null {
  if (!text.includes('\\')) return text;
  if (text === '\\N') return null;
  return text.replace(ESCAPED, (_, letter: string) => PLAIN[letter] ?? letter);
}

/** Texts that have no escape between them, as most, are only cut; null is written as one. */
export function valuesIn(text: string): (string | null)[] {
  const values = text.split('\t');
  return text.includes('\\') ? values.map(unescaped) : values;
}

async function connected(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw orUnavailable(error);
  }
}
