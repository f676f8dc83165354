import { orUnavailable } from '@tributary/postgres';
import type { Pool, PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';

/**
 * Positions are the order in which events lie, and there is one good way to read them in it. A log that has grown faster than its
 * statistics would be fetched, sorted on disk and only then sent, in twice the time.
 */
const IN_ORDER = 'begin read only; set local enable_sort = off; set local enable_bitmapscan = off';

/** The lines of COPY's text format, as they arrive: cheaper on both sides than rows of the query protocol. */
export async function* copiedLines(
  pool: Pool,
  select: string,
): AsyncGenerator<string[], void, undefined> {
  const client = await connected(pool);
  let finished = false;
  try {
    await client.query(IN_ORDER);
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of client.query(
      copyTo(`copy (${select}) to stdout`),
    ) as AsyncIterable<Buffer>) {
      const whole = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const end = whole.lastIndexOf(0x0a);
      rest = whole.subarray(end + 1);
      if (end >= 0) yield whole.toString('utf8', 0, end).split('\n');
    }
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
export function unescaped(text: string): string | null {
  if (!text.includes('\\')) return text;
  if (text === '\\N') return null;
  return text.replace(ESCAPED, (_, letter: string) => PLAIN[letter] ?? letter);
}

/** A line in the order of its columns. */
export function rowOf(line: string): (string | null)[] {
  const texts = line.split('\t');
  return line.includes('\\') ? texts.map(unescaped) : texts;
}

async function connected(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw orUnavailable(error);
  }
}
