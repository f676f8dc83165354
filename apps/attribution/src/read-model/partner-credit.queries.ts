import { Injectable } from '@nestjs/common';
import { type Instant, invariant } from '@tributary/kernel';
import { cursorOf, readCursor, ServiceRuntime } from '@tributary/platform';
import type { Rung } from '../domain/credit/credit';
import { type StandingCredit, partnerCredit } from './partner-credit.projection';
import { positionSql } from './position';

const POSITION = positionSql(partnerCredit);

export interface CustomersAsked {
  readonly tenant: string;
  readonly partner: string;
  readonly limit: number;
  readonly after?: string | undefined;
  readonly programme?: string | undefined;
}

/** What one partner has of a customer. Who else has a share is nobody's business but the programme's. */
export interface PartnersCredit {
  readonly deal: string | null;
  readonly decision: string;
  readonly rung: Rung;
  readonly sourced: readonly { readonly role: string; readonly weight: number }[];
  /** Of all shares together, so that a weight means something. */
  readonly ofWeight: number;
  readonly influenced: boolean;
}

export interface PartnersCustomer {
  readonly customer: string;
  readonly canonical: string;
  readonly programme: string | null;
  readonly signedUpAt: Date | null;
  readonly firstPaidAt: Date | null;
  readonly credits: readonly PartnersCredit[];
}

export interface PartnersCustomers {
  readonly position: bigint;
  readonly items: readonly PartnersCustomer[];
  readonly next: string | null;
}

const CUSTOMERS = `
select ${POSITION} as position, p.*
from (select 1) one left join lateral (
  select c.customer, c.canonical, c.programme, c.signed_up_at as "signedUpAt", c.first_paid_at as "firstPaidAt", c.credits
  from credited_customer c
  where c.tenant = $1 and c.partners @> jsonb_build_array($2::text) and ($3::text is null or c.programme = $3)
    and ($4::text is null or c.customer > $4)
  order by c.customer limit $5) p on true
order by p.customer`;

type CustomerRow = Omit<PartnersCustomer, 'credits'> & {
  readonly credits: readonly StandingCredit[];
};

export interface RevenueAsked {
  readonly tenant: string;
  readonly partner: string;
  readonly programme?: string | undefined;
  readonly from: Instant;
  /** The first moment that is no part of it. */
  readonly to: Instant;
  /** In which a month begins and ends. */
  readonly zone: string;
  /** Whose credit is asked for: what holds at this time. */
  readonly on: Instant;
}

/** Minor units of the asset. Sourced amounts of all partners add up to what was paid; influenced ones are never added to them. */
export interface RevenueOfMonth {
  readonly month: string;
  readonly asset: string;
  readonly sourced: string;
  readonly influenced: string;
  readonly sourcedLines: number;
  readonly influencedLines: number;
}

export interface Revenue {
  readonly position: bigint;
  readonly from: Instant;
  readonly to: Instant;
  readonly zone: string;
  readonly items: readonly RevenueOfMonth[];
}

// The step that holds: steps ascend, and all but the first lie ahead of what was known when the line was told.
const REVENUE = `
select ${POSITION} as position, p.*
from (select 1) one left join lateral (
  select to_char(l.paid_at at time zone $6, 'YYYY-MM') as month, l.asset,
    coalesce(sum(s.basis), 0)::text as sourced, count(s.basis)::int as "sourcedLines",
    coalesce(sum((v.step->>'net')::numeric) filter (where v.step->'influenced' ? $2), 0)::text as influenced,
    count(*) filter (where v.step->'influenced' ? $2)::int as "influencedLines"
  from credited_line l
  cross join lateral (select e.step from jsonb_array_elements(l.steps) with ordinality e(step, i)
    where e.step->>'at' <= $7 collate "C" order by e.i desc limit 1) v
  left join lateral (select sum((q->>'basis')::numeric) as basis from jsonb_array_elements(v.step->'parts') q
    where q->>'partner' = $2) s on true
  where l.tenant = $1 and l.partners @> jsonb_build_array($2::text) and ($3::text is null or l.programme = $3)
    and l.paid_at >= $4 and l.paid_at < $5 and (s.basis is not null or v.step->'influenced' ? $2)
  group by 1, 2) p on true
order by p.month, p.asset`;

/** What partners have brought, and what they had a hand in. */
@Injectable()
export class PartnerCredit {
  constructor(private readonly runtime: ServiceRuntime) {}

  async customers(asked: CustomersAsked): Promise<PartnersCustomers> {
    const { tenant, partner, limit, after, programme } = asked;
    const [customer] = after === undefined ? [] : readCursor(after, 1);
    const { rows } = await this.runtime.database.query<
      (CustomerRow | { readonly customer: null }) & { readonly position: string }
    >(CUSTOMERS, [tenant, partner, programme ?? null, customer ?? null, limit + 1]);
    const [first] = rows;
    invariant(first, 'a left join has a row');
    const found = rows.flatMap((row) => (row.customer === null ? [] : [row]));
    const items = found.slice(0, limit).map((row) => ofPartner(row, partner));
    const last = items.at(-1);
    const next = last && found.length > limit ? cursorOf(last.customer) : null;
    return { position: BigInt(first.position), items, next };
  }

  async revenue(asked: RevenueAsked): Promise<Revenue> {
    const { tenant, partner, programme, from, to, zone, on } = asked;
    const { rows } = await this.runtime.database.query<
      (RevenueOfMonth | { readonly month: null }) & { readonly position: string }
    >(REVENUE, [tenant, partner, programme ?? null, from, to, zone, on]);
    const [first] = rows;
    invariant(first, 'a left join has a row');
    const items = rows.flatMap((row) => {
      if (row.month === null) return [];
      const { position: _position, ...item } = row;
      return [item];
    });
    return { position: BigInt(first.position), from, to, zone, items };
  }
}

function ofPartner(row: CustomerRow, partner: string): PartnersCustomer {
  const { customer, canonical, programme, signedUpAt, firstPaidAt } = row;
  const credits = row.credits.flatMap(({ deal, decision, rung, parts, influenced }) => {
    const sourced = parts
      .filter((part) => part.partner === partner)
      .map(({ role, weight }) => ({ role, weight }));
    const isInfluenced = influenced.includes(partner);
    if (sourced.length === 0 && !isInfluenced) return [];
    const ofWeight = parts.reduce((sum, { weight }) => sum + weight, 0);
    return [{ deal, decision, rung, sourced, ofWeight, influenced: isInfluenced }];
  });
  return { customer, canonical, programme, signedUpAt, firstPaidAt, credits };
}
