import { setTimeout } from 'node:timers/promises';
import { subscriptionOf } from '@tributary/feeds';
import { type Uuid, unavailable, withoutDashes } from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import { candidates } from '../read-model/runs.candidates.projection';

export interface OfEntity {
  readonly tenant: string;
  readonly entity: string;
  readonly asset: string;
}

/** What is known of a payee besides what the account says. */
export interface Known {
  readonly recent: readonly string[];
  readonly sharedWith: string | null;
}
interface Payee {
  readonly partner: string;
  readonly fingerprint: string;
}

const CANDIDATES = `
select (select position from subscription where name = $1) >= $2 as caught_up,
  (select coalesce(json_agg(c.partner order by c.partner collate "C"), '[]') from (
    select partner from payout_candidate
    where tenant = $3 and entity = $4 and asset = $5 and payable > 0 and partner collate "C" > $6
      and ($7::text[] is null or partner = any($7))
    order by partner collate "C" limit $8) c) as partners`;

const PAID = `('accepted', 'instructed', 'returned', 'settled', 'unknown')`;

/** Those before a partner and those after it, so that the index leads past all that the partner itself was ever paid. */
const sharedWith = (side: '<' | '>') => `
  (select i.partner from payout_run_item i
    where i.tenant = $1 and i.fingerprint = a.fingerprint and i.partner ${side} a.partner and i.state in ${PAID}
    order by i.partner limit 1)`;

const HISTORY = `
select a.partner,
  (select coalesce(json_agg(p.gross::text order by p.reserved_at desc), '[]') from (
    select i.gross, i.reserved_at from payout_run_item i join payout_run r using (tenant, run)
    where i.tenant = $1 and i.partner = a.partner and i.state in ${PAID} and i.run <> $2
      and r.entity = $3 and r.asset = $4
    order by i.reserved_at desc limit 6) p) as recent,
  coalesce(${sharedWith('<')}, ${sharedWith('>')}) as shared_with
from unnest($5::text[], $6::text[]) as a (partner, fingerprint)`;

const LOOK_AGAIN_MS = 10;
const MOST_LOOKS = 200;

/** Whom a run asks, and what its approver has to know of them. Both are looked up once and then stand in the run's own stream. */
export class RunDirectory {
  constructor(private readonly database: Database) {}

  /** In the order of their names. Waits a while for rows that do not reach to this position yet, and then throws what passes. */
  async candidates(
    { tenant, entity, asset }: OfEntity,
    page: {
      readonly position: bigint;
      readonly after: string;
      readonly only: readonly string[] | null;
      readonly limit: number;
    },
  ): Promise<readonly string[]> {
    const { position, after, only, limit } = page;
    const asked = [subscriptionOf(candidates), String(position), tenant, entity, asset];
    // Whoever follows a run is often ahead of the rows by a moment, which is nothing that anybody has to hear of.
    for (let attempt = 0; ; attempt++) {
      const { rows } = await this.database.query<{ caught_up: boolean | null; partners: string[] }>(
        CANDIDATES,
        [...asked, after, only, limit],
      );
      const [row] = rows;
      if (row?.caught_up === true) return row.partners;
      if (attempt === MOST_LOOKS) throw unavailable('The directory of accounts');
      await setTimeout(LOOK_AGAIN_MS);
    }
  }

  async *allCandidates(
    of: OfEntity,
    position: bigint,
    only: readonly string[] | null,
    limit: number,
  ): AsyncGenerator<readonly string[]> {
    for (let after = ''; ;) {
      const partners = await this.candidates(of, { position, after, only, limit });
      if (partners.length > 0) yield partners;
      const last = partners.at(-1);
      if (last === undefined || partners.length < limit) return;
      after = last;
    }
  }

  async known(
    { tenant, entity, asset }: OfEntity,
    run: Uuid,
    payees: readonly Payee[],
  ): Promise<ReadonlyMap<string, Known>> {
    if (payees.length === 0) return new Map();
    const { rows } = await this.database.query<{
      partner: string;
      recent: string[];
      shared_with: string | null;
    }>(HISTORY, [
      tenant,
      withoutDashes(run),
      entity,
      asset,
      payees.map(({ partner }) => partner),
      payees.map(({ fingerprint }) => fingerprint),
    ]);
    return new Map(
      rows.map(({ partner, recent, shared_with: sharedWith }) => [partner, { recent, sharedWith }]),
    );
  }
}
