import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Queryable } from '@tributary/postgres';
import type { Submittable } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { copyLine } from './arrays';
import type { Fold } from './fold';
import type { KeyedTable } from './keyed-table';

const CHUNK_CHARACTERS = 256 * 1024;

/** Fills a table in which none of these keys stands yet; three times faster than any insert. */
export async function copyRows(
  tx: Queryable,
  target: string,
  table: KeyedTable,
  fold: Fold,
): Promise<void> {
  const names = table.columns.map(({ name }) => `"${name}"`).join(', ');
  const into = copyFrom(`copy ${target} (${names}) from stdin`);
  (tx.query as unknown as (submittable: Submittable) => void).call(tx, into);
  await pipeline(Readable.from(chunksOf(table, fold), { objectMode: false }), into);
}

function* chunksOf({ columns }: KeyedTable, fold: Fold): Generator<string> {
  const kinds = columns.map(({ kind }) => kind);
  let chunk = '';
  for (const { mode, values } of fold.rows()) {
    if (mode === 'remove') continue;
    for (let i = 0; i < columns.length; i++) if (columns[i]?.rule === 'adds') values[i] ??= 0n;
    chunk += copyLine(kinds, values);
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
