import type { Queryable } from '@tributary/postgres';

export interface Comparison {
  readonly table: string;
  readonly rows: number;
  readonly equal: boolean;
  /** Rows that only the live, or only the rebuilt table holds. */
  readonly onlyLive: number;
  readonly onlyRebuilt: number;
}

/** Independent of the order in which rows stand. */
const digestSql = (table: string) =>
  `select count(*)::int as rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text as digest from ${table} t`;

const missingSql = (from: string, other: string) =>
  `select count(*)::int as rows from (select * from ${from} except all select * from ${other}) missing`;

/** Row digests first; the rows that differ are counted only where the digests do. */
export async function compareTables(
  tx: Queryable,
  table: string,
  live: string,
  rebuilt: string,
): Promise<Comparison> {
  const ofLive = await one<{ rows: number; digest: string }>(tx, digestSql(live));
  const ofRebuilt = await one<{ rows: number; digest: string }>(tx, digestSql(rebuilt));
  const equal = ofLive.rows === ofRebuilt.rows && ofLive.digest === ofRebuilt.digest;
  if (equal) return { table, rows: ofRebuilt.rows, equal, onlyLive: 0, onlyRebuilt: 0 };
  const onlyLive = await one<{ rows: number }>(tx, missingSql(live, rebuilt));
  const onlyRebuilt = await one<{ rows: number }>(tx, missingSql(rebuilt, live));
  return {
    table,
    rows: ofRebuilt.rows,
    equal,
    onlyLive: onlyLive.rows,
    onlyRebuilt: onlyRebuilt.rows,
  };
}

async function one<R extends object>(tx: Queryable, sql: string): Promise<R> {
  const { rows } = await tx.query<R>(sql);
  return rows[0] as R;
}
