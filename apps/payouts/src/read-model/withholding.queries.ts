import { Injectable } from '@nestjs/common';
import { invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import { positionOf } from './reading';
import { withholding } from './withholding.projection';

/** Of the register and of its items alike. */
export interface RegisterAsked {
  readonly tenant: string;
  readonly entity: string;
  readonly partner?: string | undefined;
  readonly tax?: string | undefined;
  /** Months, both included. */
  readonly from: string;
  readonly to: string;
  /** Where the months begin. */
  readonly zone: string;
  /** Nothing that stands behind it in the log. */
  readonly upTo?: bigint | undefined;
  readonly after: readonly string[] | null;
  /** Null: all of them. */
  readonly limit: number | null;
}

/** In the order of the rows: month, partner, tax, rule, asset, rate. */
export type RegisterKey = readonly string[];
export const REGISTER_KEY_LENGTH = 6;

/** What was kept back of one payee in one month by one rule. Amounts are minor units as text. */
export interface RegisterRow {
  readonly month: string;
  readonly partner: string;
  /** Masked. */
  readonly document: string | null;
  readonly entity: string;
  readonly asset: string;
  readonly tax: string;
  readonly rule: string;
  readonly rateBp: number;
  readonly items: number;
  /** Net of what came back. */
  readonly base: string;
  readonly instructed: string;
  readonly reversed: string;
  /**
   * instructed - reversed, each in the month in which it happened. A remittance goes by the month in which an item was instructed last:
   * what is to be paid to the authority for a month is what the register by items says.
   */
  readonly withheld: string;
  /** What of it was paid. */
  readonly remitted: string;
  /** withheld - remitted */
  readonly owed: string;
  /** Came back after it was remitted, less what was recovered. */
  readonly recoverable: string;
  /** Kept back of what was paid for the month, because the authority owed it. */
  readonly recovered: string;
}

/** Of everything that was asked for, not of one page. */
export interface RegisterTotal {
  readonly asset: string;
  readonly tax: string;
  readonly base: string;
  readonly withheld: string;
  readonly remitted: string;
  /** Of all months together: the account of withheld tax. */
  readonly owed: string;
  /** Of all months together: the account of what is asked back. */
  readonly recoverable: string;
  readonly recovered: string;
}

export interface RegisterPage {
  readonly position: bigint;
  readonly items: readonly RegisterRow[];
  readonly totals: readonly RegisterTotal[];
  readonly next: RegisterKey | null;
}

// Items hear of a remittance one after the other, so the totals of all partners take it as a whole, as the account has it.
const MOVES = `moves as (
  select m.*, coalesce(m.of_month, to_char(m.at at time zone $5, 'YYYY-MM')) as month from withholding_move m
  where m.tenant = $1 and m.entity = $2
    and (m.of_month between $3 and $4 or m.of_month is null
      and m.at >= ($3 || '-01')::timestamp at time zone $5
      and m.at < (($4 || '-01')::timestamp + interval '1 month') at time zone $5)
    and ($6::text is null or m.partner = $6) and ($7::text is null or m.tax = $7)
    and ($10::bigint is null or m.position <= $10)
), grouped as (
  select month, partner, entity, asset, tax, rule, rate_bp as "rateBp", count(distinct item)::int as items,
    sum(base)::text as base,
    sum(case when withheld > 0 and of_month is null then withheld else 0 end)::text as instructed,
    sum(case when withheld < 0 or of_month is not null then -withheld else 0 end)::text as reversed,
    sum(withheld)::text as withheld, sum(remitted)::text as remitted, sum(withheld - remitted)::text as owed,
    sum(recoverable - recovered)::text as recoverable, sum(recovered)::text as recovered
  from moves group by month, partner, entity, asset, tax, rule, rate_bp
), added as (
  select asset, tax, base, withheld, recoverable, case when $6::text is null then 0 else remitted end as remitted,
    case when $6::text is null then 0 else recovered end as recovered from moves
  union all select r.asset, r.tax, 0, 0, 0, r.covers, r.recovered from tax_remitted r
  where r.tenant = $1 and r.entity = $2 and r.month between $3 and $4 and $6::text is null
    and ($7::text is null or r.tax = $7) and ($10::bigint is null or r.position <= $10))`;

const REGISTER = `with ${MOVES}
select ${positionOf(withholding)} as position,
  (select coalesce(json_agg(t order by t.asset, t.tax), '[]') from (
    select asset, tax, sum(base)::text as base, sum(withheld)::text as withheld, sum(remitted)::text as remitted,
      sum(withheld - remitted)::text as owed, sum(recoverable - recovered)::text as recoverable, sum(recovered)::text as recovered
    from added group by asset, tax) t) as totals,
  (select coalesce(json_agg(r order by r.month, r.partner, r.tax, r.rule, r.asset, r."rateBp"), '[]') from (
    select g.month, g.partner, p.tax->>'document' as document, g.entity, g.asset, g.tax, g.rule, g."rateBp", g.items,
      g.base, g.instructed, g.reversed, g.withheld, g.remitted, g.owed, g.recoverable, g.recovered
    from grouped g left join payee p on p.tenant = $1 and p.partner = g.partner
    where $8::text[] is null or (g.month, g.partner, g.tax, g.rule, g.asset, g."rateBp") > ($8[1], $8[2], $8[3], $8[4], $8[5], $8[6]::int)
    order by g.month, g.partner, g.tax, g.rule, g.asset, g."rateBp" limit $9) r) as items`;

/** What was kept back for the tax authorities, by payee and month. */
@Injectable()
export class WithholdingRegister {
  constructor(private readonly runtime: ServiceRuntime) {}

  async page(asked: RegisterAsked): Promise<RegisterPage> {
    const { tenant, entity, partner, tax, from, to, zone, upTo, after, limit } = asked;
    const { rows } = await this.runtime.database.pool.query<{
      position: string;
      items: readonly RegisterRow[];
      totals: readonly RegisterTotal[];
    }>(REGISTER, [
      ...[tenant, entity, from, to, zone, partner ?? null, tax ?? null],
      ...[after, limit === null ? null : limit + 1, upTo ?? null],
    ]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    const items = row.items.slice(0, limit ?? undefined);
    const last = items.at(-1);
    const next = row.items.length > items.length && last ? keyOf(last) : null;
    return { position: BigInt(row.position), items, totals: row.totals, next };
  }
}

const keyOf = ({ month, partner, tax, rule, asset, rateBp }: RegisterRow): RegisterKey => [
  month,
  partner,
  tax,
  rule,
  asset,
  String(rateBp),
];
