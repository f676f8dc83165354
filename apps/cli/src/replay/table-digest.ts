import { createHash } from 'node:crypto';

import type { KeyedTable } from '@tributary/feeds';
import { canonicalJson, sha256Hex } from '@tributary/kernel';
import type { Client } from 'pg';

const BUCKETS = 256;
const ROWS_AT_ONCE = 2_000;

/** A table as it stands: one hash over all rows in the order of their keys. */
export interface TableDigest {
  readonly rows: number;
  readonly sha256: string;
}

/** Also one for each bucket of keys, so that a difference can be found. */
export interface BucketDigest extends TableDigest {
  readonly buckets: readonly string[];
}

export interface DigestedTable {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
  /** Which of them name a row. */
  readonly key: readonly string[];
}

/** The place of an event in an inbox is the order in which it arrived, which the log does not say. */
const ARRIVAL = 'position';

export function digestedColumns(
  { columns, keyCount }: KeyedTable,
  feed: 'inbox' | 'log',
): Pick<DigestedTable, 'columns' | 'key'> {
  const names = columns.map(({ name }) => name);
  const isSaid = (name: string): boolean => feed === 'log' || name !== ARRIVAL;
  const said = names.filter(isSaid);
  const key = names.slice(0, keyCount).filter(isSaid);
  return { columns: said, key: key.length > 0 ? key : said };
}

export type Row = Readonly<Record<string, string | null>>;

export async function digestOf(client: Client, digested: DigestedTable): Promise<TableDigest> {
  const whole = createHash('sha256');
  let rows = 0;
  for await (const page of pagesOf(client, digested)) {
    whole.update(page.map(lineOf).join(''));
    rows += page.length;
  }
  return { rows, sha256: whole.digest('hex') };
}

/** To be held against another: a hash per row more than the above. */
export async function bucketDigestOf(
  client: Client,
  digested: DigestedTable,
): Promise<BucketDigest> {
  const whole = createHash('sha256');
  const buckets = Array.from({ length: BUCKETS }, () => createHash('sha256'));
  let rows = 0;
  for await (const page of pagesOf(client, digested)) {
    for (const row of page) {
      const line = lineOf(row);
      whole.update(line);
      buckets[bucketOf(keyOf(row, digested))]?.update(line);
    }
    rows += page.length;
  }
  return { rows, sha256: whole.digest('hex'), buckets: buckets.map((hash) => hash.digest('hex')) };
}

const lineOf = (row: Row): string => `${canonicalJson(row)}\n`;

/** The rows of these buckets, by their key. */
export async function rowsIn(
  client: Client,
  digested: DigestedTable,
  buckets: ReadonlySet<number>,
): Promise<ReadonlyMap<string, Row>> {
  const found = new Map<string, Row>();
  for await (const page of pagesOf(client, digested)) {
    for (const row of page) {
      const key = keyOf(row, digested);
      if (buckets.has(bucketOf(key))) found.set(key, row);
    }
  }
  return found;
}

/** In the order of their keys, byte by byte: collations differ from machine to machine. */
async function* pagesOf(
  client: Client,
  { schema, name, columns, key }: DigestedTable,
): AsyncGenerator<readonly Row[], void, undefined> {
  const order = key.map((column) => `${client.escapeIdentifier(column)}::text collate "C"`);
  const from = `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(name)}`;
  const selected = columns
    .map((column) => client.escapeIdentifier(column))
    .map((column) => `${column}::text as ${column}`)
    .join(', ');
  const cursor = 'tributary_digest';
  await client.query(
    `declare ${cursor} no scroll cursor for select ${selected} from ${from} order by ${order.join(', ')}`,
  );
  try {
    for (;;) {
      const { rows } = await client.query<Row>(`fetch ${ROWS_AT_ONCE} from ${cursor}`);
      yield rows;
      if (rows.length < ROWS_AT_ONCE) return;
    }
  } finally {
    await client.query(`close ${cursor}`);
  }
}

const keyOf = (row: Row, { key }: DigestedTable): string =>
  canonicalJson(key.map((name) => row[name] ?? null));

function bucketOf(key: string): number {
  return Number.parseInt(sha256Hex(key).slice(0, 2), 16);
}
