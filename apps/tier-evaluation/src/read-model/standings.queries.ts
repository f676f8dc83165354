import { Injectable } from '@nestjs/common';
import { TRACKS, type Track } from '@tributary/contracts';
import { type Instant, invariant } from '@tributary/kernel';
import { type LogPoint, ServiceRuntime, upTo } from '@tributary/platform';
import { standingStreamOf } from '../domain/standing/events';
import { standingAsOf } from './standing-as-of';
import type { StandingFile, StandingItem } from './standing-file';
import { standings } from './standings.projection';
import { positionOf, utc } from './sql';

export interface AskedPage {
  readonly tenant: string;
  readonly at: Instant;
  readonly limit: number;
  /** The last partner and track of the page before. */
  readonly after: readonly [partner: string, track: string];
  readonly track?: string | undefined;
  readonly tier?: string | undefined;
  readonly pending?: boolean | undefined;
  readonly atRisk?: boolean | undefined;
}

export interface StandingPage {
  readonly items: readonly StandingItem[];
  /** Hand it back as `after`; null on the last page. */
  readonly next: string | null;
  readonly position: bigint;
}

const POSITION = positionOf(standings);

// Steps ascend by (at, from), so that of those that govern a payment the last counts: what was decided latest. Instants are text of one form.
const VALUE = `left join lateral (
  select e.step->'value' as value from jsonb_array_elements(coalesce(s.steps, '[]')::jsonb) with ordinality e(step, i)
  where coalesce(e.step->>'from', e.step->>'at') <= $2 collate "C"
  order by e.i desc limit 1) now on true`;

const PAGE = `select ${POSITION} as position, coalesce(json_agg(r order by r.partner, r.track), '[]') as items from (
  select s.partner, s.track, now.value, s.pending, s.annulment, coalesce(s.risks, '[]') as risks from standing s ${VALUE}
  where s.tenant = $1 and (s.partner, s.track) > ($3, $4)
    and ($5::text is null or s.track = $5) and ($6::text is null or now.value->>'applied' = $6)
    and ($7::boolean is null or (s.pending is not null) = $7)
    and ($8::boolean is null or (jsonb_array_length(coalesce(s.risks, '[]')::jsonb) > 0) = $8)
  order by s.partner, s.track limit $9) r`;

const DECISIONS = `(select coalesce(json_agg(json_build_object('proposal', d.proposal, 'granted', d.is_granted,
  'tier', d.tier, 'from', ${utc('d.governs_from')}, 'reason', d.reason, 'evidence', d.evidence,
  'proposedBy', d.proposed_by, 'decidedBy', d.decided_by, 'decidedAt', ${utc('d.decided_at')},
  'refusedFor', d.refused_for) order by d.proposal), '[]')
  from standing_decision d where d.tenant = s.tenant and d.partner = s.partner and d.track = s.track) as decisions`;

const ANNULMENTS = `(select coalesce(json_agg(json_build_object('annulment', a.annulment)::jsonb || a.decision::jsonb
  order by a.annulment), '[]')
  from tier_annulment a where a.tenant = s.tenant and a.partner = s.partner and a.track = s.track) as annulments`;

const OF_PARTNER = `select ${POSITION} as position, coalesce(json_agg(r order by r.track), '[]') as items from (
  select s.partner, s.track, now.value, coalesce(s.steps, '[]') as steps, s.pending, s.annulment,
    coalesce(s.risks, '[]') as risks, ${DECISIONS}, ${ANNULMENTS}
  from standing s ${VALUE} where s.tenant = $1 and s.partner = $3) r`;

const PAGE_ROWS = 1_000;
const ALL = `select partner, track from standing where tenant = $1 and (partner, track) > ($2, $3)
  order by partner, track limit $4`;

/** In which tier partners stand, at a position of our log. */
@Injectable()
export class Standings {
  constructor(private readonly runtime: ServiceRuntime) {}

  async page({ tenant, at, limit, after, ...filters }: AskedPage): Promise<StandingPage> {
    const { track = null, tier = null, pending = null, atRisk = null } = filters;
    const { items, position } = await this.read<StandingItem>(PAGE, [
      tenant,
      at,
      ...after,
      track,
      tier,
      pending,
      atRisk,
      limit + 1,
    ]);
    const shown = items.slice(0, limit);
    const last = items.length > limit ? shown.at(-1) : undefined;
    return { items: shown, next: last ? `${last.partner}.${last.track}` : null, position };
  }

  ofPartner(
    tenant: string,
    partner: string,
    at: Instant,
  ): Promise<{ readonly items: readonly StandingFile[]; readonly position: bigint }> {
    return this.read<StandingFile>(OF_PARTNER, [tenant, at, partner]);
  }

  /** The same, as it was known at a point of the log. */
  async ofPartnerAt(
    tenant: string,
    partner: string,
    { at, point }: { readonly at: Instant; readonly point: LogPoint },
  ): Promise<readonly StandingFile[]> {
    const { log } = this.runtime;
    const found = await Promise.all(
      (Object.keys(TRACKS) as Track[]).map((track) => {
        const events = log.read(standingStreamOf(tenant, partner, track));
        return standingAsOf({ partner, track, at }, upTo(events, point));
      }),
    );
    return found.flatMap((standing) => standing ?? []);
  }

  /** Every standing of a tenant, in pages: a clock that advances looks at all of them. */
  async *all(tenant: string): AsyncGenerator<readonly { partner: string; track: string }[]> {
    let last = { partner: '', track: '' };
    for (;;) {
      const { rows } = await this.runtime.database.pool.query<typeof last>(ALL, [
        tenant,
        last.partner,
        last.track,
        PAGE_ROWS,
      ]);
      if (rows.length > 0) yield rows;
      const end = rows.at(-1);
      if (rows.length < PAGE_ROWS || end === undefined) return;
      last = end;
    }
  }

  private async read<T>(statement: string, values: readonly unknown[]) {
    const { rows } = await this.runtime.database.pool.query<{ position: string; items: T[] }>(
      statement,
      [...values],
    );
    const [row] = rows;
    invariant(row, 'an aggregate has a row');
    return { items: row.items, position: BigInt(row.position) };
  }
}
