import { Injectable } from '@nestjs/common';
import { MAIN_PROGRAMME } from '@tributary/contracts';
import { type Instant, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import { factOutcomes } from './fact-outcomes.projection';
import { partnerCredit } from './partner-credit.projection';
import { instantSql, positionSql } from './position';
import { prospects } from './prospects.projection';

export const FUNNEL_PROJECTIONS = [factOutcomes, partnerCredit, prospects] as const;

export interface FunnelAsked {
  readonly tenant: string;
  readonly partner: string;
  readonly programme?: string | undefined;
  readonly from: Instant;
  /** The first moment that is no part of it. */
  readonly to: Instant;
}

/** In percent, to one decimal; null where nothing could be converted. */
export interface Funnel {
  readonly position: bigint;
  readonly from: Instant;
  readonly to: Instant;
  readonly clicks: number;
  readonly leads: number;
  readonly customers: number;
  readonly clickToLead: string | null;
  readonly leadToCustomer: string | null;
  readonly clickToCustomer: string | null;
}

// One that lay ahead when it came is none before it was handed on.
const COUNTS = `c.taken_back is null
    and not exists (select 1 from fact_ahead a where a.stream = c.stream and a.taken_up is null)`;

// A click through a link speaks for who owned the link at the time, as far as its owners have been told here. Clicks of what is no
// person, and those that were taken back, are none.
const CLICKS = `
with owned as (
  select t.key as link, t.data->'steps' as steps from told t
  where t.tenant = $1 and starts_with(t.topic, 'link:')
    and t.data->'steps' @> jsonb_build_array(jsonb_build_object('value', jsonb_build_object('owner', $2::text)))),
clicks as (
  select c.visitor, c.programme from click c
  where c.tenant = $1 and c.partner = $2 and c.at >= $3 and c.at < $4 and ${COUNTS}
  union all
  select c.visitor, c.programme from owned o join click c on c.link = o.link
  where c.tenant = $1 and c.at >= $3 and c.at < $4 and ${COUNTS}
    and (select s.step->'value'->>'owner' from jsonb_array_elements(o.steps) with ordinality s(step, i)
         where s.step->>'at' <= ${instantSql('c.at')} collate "C" order by s.i desc limit 1) = $2)`;

const FUNNEL = `${CLICKS}
select ${positionSql(...FUNNEL_PROJECTIONS)} as position,
  (select count(*)::int from clicks c where ($5::text is null or coalesce(c.programme, '${MAIN_PROGRAMME}') = $5)
     and not exists (select 1 from crowd w where w.tenant = $1 and w.identifier = c.visitor)) as clicks,
  (select count(*)::int from claim c where c.tenant = $1 and c.partner = $2 and c.registered_at >= $3 and c.registered_at < $4
     and c.state not in ('incomplete', 'withdrawn') and ($5::text is null or c.programme = $5)) as leads,
  (select count(distinct c.canonical)::int from credited_customer c
   where c.tenant = $1 and c.partners @> jsonb_build_array($2::text)
     and c.credits @> jsonb_build_array(jsonb_build_object('deal', null, 'parts', jsonb_build_array(jsonb_build_object('partner', $2::text))))
     and c.signed_up_at >= $3 and c.signed_up_at < $4 and ($5::text is null or c.programme = $5)) as customers`;

/** From click to lead to customer, by partner. */
@Injectable()
export class Funnels {
  constructor(private readonly runtime: ServiceRuntime) {}

  async of({ tenant, partner, programme, from, to }: FunnelAsked): Promise<Funnel> {
    const { rows } = await this.runtime.database.query<{
      position: string;
      clicks: number;
      leads: number;
      customers: number;
    }>(FUNNEL, [tenant, partner, from, to, programme ?? null]);
    const [row] = rows;
    invariant(row, 'an aggregate has a row');
    const { clicks, leads, customers } = row;
    return {
      position: BigInt(row.position),
      from,
      to,
      clicks,
      leads,
      customers,
      clickToLead: percentOf(leads, clicks),
      leadToCustomer: percentOf(customers, leads),
      clickToCustomer: percentOf(customers, clicks),
    };
  }
}

/** To one decimal, half up, in whole numbers. */
export function percentOf(part: number, whole: number): string | null {
  if (whole === 0) return null;
  const tenths = Math.floor((part * 2_000 + whole) / (2 * whole));
  return `${Math.floor(tenths / 10)}.${tenths % 10}`;
}
