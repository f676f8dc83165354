import type { Uuid } from '@tributary/kernel';
import type { Database, Queryable } from '@tributary/postgres';
import { factsText } from '../failure';

/** A fact that was accepted and cannot take effect yet: not an error, and not parked. */
export interface Waiting {
  /** What kind of thing is missing: `no_agreement`, `unknown_partner`. */
  readonly reason: string;
  /** What it waits for, as its counterpart will name itself. */
  readonly key: string;
  /** Who waits: a stream, or a fact's id. */
  readonly subject: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface WaitingSince extends Waiting {
  readonly since: Date;
}

/**
 * Facts that wait for their counterpart. Both sides go through `meet`: the one registers itself as waiting and then looks for the
 * counterpart, the other registers itself and then releases who waits.
 */
export class WaitingFacts {
  constructor(private readonly database: Database) {}

  /** Repeating it changes nothing; one that was released may wait again. */
  async wait(tx: Queryable, { reason, key, subject, facts }: Waiting): Promise<void> {
    await tx.query(
      `insert into waiting as w (reason, key, subject, facts) values ($1, $2, $3, $4)
       on conflict (key, reason, subject) do update set facts = excluded.facts, since = clock_timestamp(), released_by = null,
         released_at = null where w.released_by is not null`,
      [reason, key, subject, factsText(facts)],
    );
  }

  /**
   * Those who waited for this key. Delivered again, the same cause gets the same answer, so that a crash between the release and
   * what follows from it loses nothing.
   */
  async release(tx: Queryable, key: string, causeId: Uuid): Promise<readonly WaitingSince[]> {
    const { rows } = await tx.query<WaitingSince>(
      `with released as (
         update waiting set released_by = coalesce(released_by, $2), released_at = coalesce(released_at, clock_timestamp())
         where key = $1 and (released_by is null or released_by = $2) returning reason, key, subject, facts, since)
       select * from released order by since, reason, subject`,
      [key, causeId],
    );
    return rows;
  }

  async list(reason?: string, limit = 100): Promise<readonly WaitingSince[]> {
    const { rows } = await this.database.pool.query<WaitingSince>(
      `select reason, key, subject, facts, since from waiting
       where released_by is null and ($1::text is null or reason = $1) order by since, reason, subject limit $2`,
      [reason, limit],
    );
    return rows;
  }

  async countByReason(): Promise<Readonly<Record<string, number>>> {
    const { rows } = await this.database.pool.query<{ reason: string; count: number }>(
      'select reason, count(*)::int as count from waiting where released_by is null group by reason',
    );
    return Object.fromEntries(rows.map(({ reason, count }) => [reason, count]));
  }
}
