import type { Owner } from '@tributary/contracts';
import { type JsonObject, parseStreamName, tenantOf } from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import type { FeedObserver } from '../observer';
import type { DeadLetters } from '../ports';
import { Wake } from '../wake';

/** Whoever sends to us without being a service of ours. */
export const UPSTREAM = 'upstream';

export interface DeadLetter {
  readonly owner: Owner | typeof UPSTREAM;
  readonly channel: string;
  readonly offset: bigint;
  readonly key: string;
  /** Null where the message did not say, which only a message between services can leave open. */
  readonly tenant: string | null;
  readonly code: string;
  readonly reason: string;
  readonly facts: JsonObject;
  readonly raw: string;
  readonly arrivedAt: Date;
}

export interface DeadLetterFilter {
  readonly tenant?: string;
  readonly channel?: string;
  /** Behind this one, which stands in the same channel. */
  readonly after?: bigint;
  readonly limit?: number;
}

/** From one offset through another of a channel; with a tenant, only what is theirs. */
export interface ClosedLetters {
  readonly tenant?: string;
  readonly channel: string;
  readonly from: bigint;
  readonly through: bigint;
}

/** A name that no index takes is none of a stream either. */
const MOST_LETTERS = 600;
const STREAM = /^[a-z][a-z0-9]{0,31}-[a-z0-9]{1,32}(?:\.[a-z0-9]{1,32})+$/;
/** What a person needs to see of a message; the whole of it lies on the topic. */
const MAX_RAW = 64 * 1024;

/** Messages that could not be taken. A stream of another service is asked of its owner, whose rows are the truth that the message was a copy of. */
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
      const [keptKey = '', ...rest] = storable(key, reason, raw);
      await tx.query(KEEP, [owner, channel, String(offset), keptKey, ...rest, tenantIn(key)]);
      await tx.query(
        `insert into inbox_offset as o (owner, channel, next) values ($1, $2, $3)
         on conflict (owner, channel) do update set next = greatest(o.next, excluded.next)`,
        [owner, channel, String(offset + 1n)],
      );
      if (isStream(key)) {
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
  async keep(
    letter: Pick<DeadLetter, 'channel' | 'key' | 'offset' | 'owner' | 'raw' | 'reason'>,
  ): Promise<void> {
    const { owner, channel, offset, key, reason, raw } = letter;
    await this.database.pool.query(KEEP, [
      owner,
      channel,
      String(offset),
      ...storable(key, reason, raw),
      tenantIn(key),
    ]);
  }

  /** What nobody has closed, by channel and offset. */
  async list(filter: DeadLetterFilter = {}): Promise<readonly DeadLetter[]> {
    const { tenant, channel, after = -1n, limit = 100 } = filter;
    const { rows } = await this.database.pool.query<
      Omit<DeadLetter, 'offset'> & { offset: string }
    >(
      `select owner, channel, "offset", key, tenant, code, reason, facts, raw, arrived_at as "arrivedAt" from dead_letter
       where closed_at is null and ($1::text is null or tenant = $1) and ($2::text is null or channel = $2) and "offset" > $3
       order by channel, "offset" limit $4`,
      [tenant, channel, String(after), limit],
    );
    return rows.map((row) => ({ ...row, offset: BigInt(row.offset) }));
  }

  /** Says how many were open until now; they stay on record with who closed them and why. */
  async close(letters: ClosedLetters, by: string, reason: string): Promise<number> {
    const { tenant, channel, from, through } = letters;
    const { rowCount } = await this.database.pool.query(
      `update dead_letter set closed_at = clock_timestamp(), closed_by = $5, closed_reason = $6
       where channel = $1 and "offset" between $2 and $3 and ($4::text is null or tenant = $4) and closed_at is null`,
      [channel, String(from), String(through), tenant, by, reason],
    );
    return rowCount ?? 0;
  }
}

const KEEP = `insert into dead_letter (owner, channel, "offset", key, reason, raw, tenant) values ($1, $2, $3, $4, $5, $6, $7)
  on conflict do nothing`;

const isStream = (key: string): boolean => key.length <= MOST_LETTERS && STREAM.test(key);

const tenantIn = (key: string): string | null =>
  isStream(key) ? tenantOf(parseStreamName(key)) : null;

/** Postgres takes no NUL, and a message that cannot be read may hold any. */
const storable = (...texts: readonly string[]): string[] =>
  texts.map((text) => text.slice(0, MAX_RAW).toWellFormed().replaceAll('\0', '\uFFFD'));
