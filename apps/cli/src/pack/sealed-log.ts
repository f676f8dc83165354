import { type EventLog } from '@tributary/event-log';
import { CodedError, type StreamName, parseStreamName, periodPartOf } from '@tributary/kernel';
import { PERIOD_CERTIFIED } from '@tributary/contracts';
import type { Tile } from '@tributary/proofs';
import type { Client } from 'pg';

const DIGEST_BYTES = 32;

/** What the ledger has sealed, from its own tables. */
export class SealedLog {
  constructor(
    private readonly client: Client,
    private readonly schema: string,
  ) {}

  /** The checkpoint of this size, or the first that covers so many leaves; left out, the last. */
  async checkpoint(which: { readonly size?: number; readonly covering?: number }): Promise<string> {
    const from = `select note from ${this.table('checkpoint')}`;
    const { rows } =
      which.size !== undefined
        ? await this.client.query<{ note: string }>(`${from} where size = $1`, [which.size])
        : which.covering !== undefined
          ? await this.client.query<{ note: string }>(
              `${from} where size >= $1 order by size limit 1`,
              [which.covering],
            )
          : await this.client.query<{ note: string }>(`${from} order by size desc limit 1`);
    const [row] = rows;
    if (row) return row.note;
    const message =
      which.size === undefined
        ? 'No checkpoint covers that yet: the log is empty, nothing was signed, or the sealer is behind.'
        : `No checkpoint of ${which.size} events was signed.`;
    throw new CodedError('not_signed', message, {});
  }

  /**
   * Leaves up to the last certificate of the month, where each entity that has cut it has one. What its streams are told after that
   * moves nothing: the month is the same bytes whenever it is packed.
   */
  async certifiedAt(
    log: Pick<EventLog, 'read'>,
    tenant: string,
    period: string,
  ): Promise<number | undefined> {
    const { rows } = await this.client.query<{ stream: string }>(
      `select distinct stream from ${this.table('leaf')} where stream like $1`,
      [`period-${tenant}.%.${periodPartOf(period)}`],
    );
    const leaves = await Promise.all(
      rows.map(async ({ stream }) => {
        const revision = await certifiedIn(log, parseStreamName(stream));
        return revision === undefined ? undefined : await this.leafOf(stream, revision);
      }),
    );
    if (leaves.length === 0 || leaves.includes(undefined)) return undefined;
    return Math.max(...leaves.map(Number)) + 1;
  }

  private async leafOf(stream: string, revision: bigint): Promise<number | undefined> {
    const { rows } = await this.client.query<{ index: string }>(
      `select index from ${this.table('leaf')} where stream = $1 and revision = $2`,
      [stream, String(revision)],
    );
    return rows[0] && Number(rows[0].index);
  }

  async positionOf(leaf: number): Promise<bigint> {
    const { rows } = await this.client.query<{ position: string }>(
      `select position from ${this.table('leaf')} where index = $1`,
      [leaf],
    );
    const position = rows[0]?.position;
    if (position !== undefined) return BigInt(position);
    throw new CodedError('not_sealed', `Leaf ${leaf} has not been sealed.`, { leaf });
  }

  async tile({ level, index, width }: Tile): Promise<Buffer> {
    const { rows } = await this.client.query<{ hashes: Buffer }>(
      `select hashes from ${this.table('tile')} where level = $1 and index = $2`,
      [level, index],
    );
    const hashes = rows[0]?.hashes.subarray(0, width * DIGEST_BYTES);
    if (hashes?.length === width * DIGEST_BYTES) return hashes;
    throw new CodedError('not_sealed', `Tile ${level}/${index} has not been sealed.`, {});
  }

  private table(name: string): string {
    return `${this.client.escapeIdentifier(this.schema)}.${name}`;
  }
}

async function certifiedIn(
  log: Pick<EventLog, 'read'>,
  stream: StreamName,
): Promise<bigint | undefined> {
  for await (const { type, revision } of log.read(stream))
    if (type === PERIOD_CERTIFIED) return revision;
  return undefined;
}
