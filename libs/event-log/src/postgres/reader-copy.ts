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
  const client = await connected(pool);
  let finished = false;
  try {
    await client.query(IN_ORDER);
    const copy = client.query(new CopyOut(`copy (${select}) to stdout`));
    // Without the tab behind the last row.
    for await (const rows of copy.chunks())
      yield valuesIn(rows.toString('utf8', 0, rows.length - 1));
    await client.query('commit');
    finished = true;
  } catch (error) {
    throw orUnavailable(error);
  } finally {
    // Left early, the connection is still in the middle of the copy.
    client.release(!finished);
  }
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
