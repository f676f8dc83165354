import type { ClockMeans, LogPoint } from '@tributary/platform';

/** What an answer rests on: the last leaf that it takes into account, and the first signed checkpoint that covers it. */
export type Resting = Pick<LogPoint, 'checkpoint' | 'leaf'>;

interface RestingRow {
  readonly leaf: string;
  readonly sealed: string;
  readonly size: string | null;
  readonly root: Buffer | null;
}

const RESTING = `select l.index as leaf, (select position from tree) as sealed, c.size, c.root
  from (select index from leaf where position <= $1 order by position desc limit 1) l
  left join lateral (select size, root from checkpoint where size > l.index order by size limit 1) c on true`;

const NOT_SEALED: Resting = { leaf: null, checkpoint: null };

/** Of an answer at this position; null as long as the log is not sealed, or not signed, up to there. */
export async function restingAt(
  { database, log }: Pick<ClockMeans, 'database' | 'log'>,
  position: bigint,
): Promise<Resting> {
  const { rows } = await database.pool.query<RestingRow>(RESTING, [String(position)]);
  const [row] = rows;
  if (!row) return NOT_SEALED;
  const sealed = BigInt(row.sealed);
  // Positions may end beyond the last event; only then does the log itself know that nothing is missing.
  if (sealed < position && sealed < (await log.head())) return NOT_SEALED;
  const { leaf, size, root } = row;
  const checkpoint = size && root ? { size: Number(size), root: root.toString('base64') } : null;
  return { leaf: Number(leaf), checkpoint };
}
