import type { Owner } from '@tributary/contracts';
import type { Database } from '@tributary/postgres';
import type { FeedObserver } from '../observer';
import type { DeadLetters } from '../ports';
import { Wake } from '../wake';

export interface DeadLetter {
  readonly owner: Owner;
  readonly channel: string;
  readonly offset: bigint;
  readonly key: string;
  readonly reason: string;
  readonly raw: string;
  readonly arrivedAt: Date;
}

const STREAM = /^[a-z][a-z0-9]{0,31}-[a-z0-9]{1,32}(?:\.[a-z0-9]{1,32})+$/;
/** What a person needs to see of a message; the whole of it lies on the topic. */
const MAX_RAW = 64 * 1024;

/** Messages that could not be read. Their streams are asked of the owner, whose rows are the truth that the message was a copy of. */
export class DeadLetterTable implements DeadLetters {
  readonly parked = new Wake();

  constructor(
    private readonly database: Database,
    private readonly observer: FeedObserver,
  ) {}

  // eslint-disable-next-line max-params -- the port names each of them; an object would only rename the list.
  async park(
    owner: Owner,
    channel: string,
    offset: bigint,
    key: string,
    reason: string,
    raw: string,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.query(KEEP, [owner, channel, String(offset), ...storable(key, reason, raw)]);
      await tx.query(
        `insert into inbox_offset as o (owner, channel, next) values ($1, $2, $3)
         on conflict (owner, channel) do update set next = greatest(o.next, excluded.next)`,
        [owner, channel, String(offset + 1n)],
      );
      if (STREAM.test(key)) {
        await tx.query(
          `insert into inbox_gap (stream, owner, after) values ($1, $2, (select revision from inbox_stream where stream = $1))
           on conflict (stream) do nothing`,
          [key, owner],
        );
      }
    });
    this.parked.ring();
    this.observer.gap?.({ owner, stream: key, after: null, arrived: null });
  }

  /** Without an offset: for what was read, but could not be stored. */
  async keep(letter: Omit<DeadLetter, 'arrivedAt'>): Promise<void> {
    const { owner, channel, offset, key, reason, raw } = letter;
    await this.database.pool.query(KEEP, [
      owner,
      channel,
      String(offset),
      ...storable(key, reason, raw),
    ]);
  }

  async list(limit = 100): Promise<readonly DeadLetter[]> {
    const { rows } = await this.database.pool.query<
      Omit<DeadLetter, 'offset'> & { offset: string }
    >(
      `select owner, channel, "offset", key, reason, raw, arrived_at as "arrivedAt" from dead_letter
       where closed_at is null order by arrived_at limit $1`,
      [limit],
    );
    return rows.map((row) => ({ ...row, offset: BigInt(row.offset) }));
  }

  async close(
    { owner, channel, offset }: Pick<DeadLetter, 'channel' | 'offset' | 'owner'>,
    by: string,
    reason: string,
  ): Promise<void> {
    await this.database.pool.query(
      `update dead_letter set closed_at = clock_timestamp(), closed_by = $4, closed_reason = $5
       where owner = $1 and channel = $2 and "offset" = $3 and closed_at is null`,
      [owner, channel, String(offset), by, reason],
    );
  }
}

const KEEP = `insert into dead_letter (owner, channel, "offset", key, reason, raw) values ($1, $2, $3, $4, $5, $6) on conflict do nothing`;

/** Postgres takes no NUL, and a message that cannot be read may hold any. */
const storable = (...texts: readonly string[]): string[] =>
  texts.map((text) => text.slice(0, MAX_RAW).toWellFormed().replaceAll('\0', '\uFFFD'));
