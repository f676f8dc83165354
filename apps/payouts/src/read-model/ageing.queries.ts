import { Injectable } from '@nestjs/common';
import { type Instant, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import type { OfAccount } from '../domain/account/terms';
import { accountLines } from './account-lines.projection';
import { accounts } from './accounts.projection';
import { positionOf } from './reading';

/** Minor units by days. */
export interface Aged {
  readonly upTo30: string;
  readonly upTo60: string;
  readonly upTo90: string;
  readonly over90: string;
  readonly total: string;
}
export interface AgedAccount extends OfAccount, Aged {}
export interface AgedTotal extends Omit<OfAccount, 'partner'>, Aged {}

export interface AgeingAsked {
  readonly tenant: string;
  readonly entity?: string | undefined;
  readonly asset?: string | undefined;
  readonly on: Instant;
  /** Nothing that stands behind it in the log. */
  readonly upTo: bigint | undefined;
  /** Entity, asset and partner of the last row. */
  readonly after: readonly string[];
  /** Null: all of them. */
  readonly limit: number | null;
}

const between = (from: number | null, until: number | null): string => {
  const day = (days: number) => `$4::timestamptz - interval '${String(days)} days'`;
  const parts = [
    ...(from === null ? [] : [`since < ${day(from)}`]),
    ...(until === null ? [] : [`since >= ${day(until)}`]),
  ];
  return `coalesce(sum(amount) filter (where ${parts.join(' and ')}), 0)::text`;
};

const AGED = `${between(null, 30)} as "upTo30", ${between(30, 60)} as "upTo60", ${between(60, 90)} as "upTo90",
  ${between(90, null)} as over90, sum(amount)::text as total`;

const IN = '($2::text is null or entity = $2) and ($3::text is null or asset = $3)';

const statementOf = (position: string, part: string): string => `
with part as (${part})
select ${position} as position,
  (select coalesce(json_agg(t order by t.entity, t.asset), '[]') from (
    select entity, asset, ${AGED} from part group by entity, asset) t) as totals,
  (select coalesce(json_agg(r order by r.entity, r.asset, r.partner), '[]') from (
    select entity, asset, partner, ${AGED} from part where (entity, asset, partner) > ($5, $6, $7)
    group by entity, asset, partner order by entity, asset, partner limit $8) r) as items`;

/** What is payable, and what is reserved of it: the balance of the Payable account, by when each line was released first. */
const PAYABLES = statementOf(
  positionOf(accountLines),
  `select partner, entity, asset, since, payable as amount from account_line
    where tenant = $1 and payable <> 0 and ${IN}
  union all
  select l.partner, l.entity, l.asset, l.since, i.amount from account_reservation a
    join account_item_line i using (tenant, item)
    join account_line l on l.tenant = a.tenant and l.line = i.line and l.partner = a.partner
      and l.entity = a.entity and l.asset = a.asset
    where a.tenant = $1 and ($2::text is null or a.entity = $2) and ($3::text is null or a.asset = $3)`,
);

/** The same at an earlier position: what had moved by then, without what payments that were on their way by then had taken along. */
const PAYABLES_THEN = statementOf(
  positionOf(accountLines),
  `select partner, entity, asset, since, amount from (
    select partner, entity, asset, line, sum(amount) as amount from (
      select partner, entity, asset, line, amount from account_line_move
        where tenant = $1 and position <= $9 and ${IN}
      union all
      select a.partner, a.entity, a.asset, i.line, -i.amount from account_item a
        join account_item_line i using (tenant, item)
        join lateral (select is_reserved from account_item_step s
          where s.tenant = a.tenant and s.item = a.item and s.position <= $9 order by position desc limit 1) s on not s.is_reserved
        where a.tenant = $1 and ($2::text is null or a.entity = $2) and ($3::text is null or a.asset = $3)) moved
    group by partner, entity, asset, line having sum(amount) <> 0) then_there
  join (select partner, entity, asset, line, since from account_line where tenant = $1) line using (partner, entity, asset, line)`,
);

/** What partners owe: whatever comes to them pays the oldest debt, so what is left of them are the latest. */
const RECEIVABLES = statementOf(
  positionOf(accounts),
  `select partner, entity, asset, occurred_at as since, least(amount, total - later) as amount from (
    select partner, entity, asset, occurred_at, owed as amount,
      sum(greatest(owed, 0)) over (partition by partner, entity, asset order by position desc) - owed as later,
      sum(owed) over (partition by partner, entity, asset) as total
    from account_move where tenant = $1 and owed <> 0 and ($9::bigint is null or position <= $9) and ${IN}) debt
  where amount > 0 and later < total`,
);

@Injectable()
export class Ageing {
  constructor(private readonly runtime: ServiceRuntime) {}

  payables(asked: AgeingAsked) {
    return this.page(asked.upTo === undefined ? PAYABLES : PAYABLES_THEN, asked);
  }

  receivables(asked: AgeingAsked) {
    return this.page(RECEIVABLES, asked);
  }

  private async page(statement: string, asked: AgeingAsked) {
    const { tenant, entity, asset, on, upTo, after, limit } = asked;
    const [afterEntity = '', afterAsset = '', afterPartner = ''] = after;
    const { rows } = await this.runtime.database.query<{
      position: string;
      totals: AgedTotal[];
      items: AgedAccount[];
    }>(statement, [
      ...[tenant, entity ?? null, asset ?? null, on],
      ...[afterEntity, afterAsset, afterPartner, limit === null ? null : limit + 1],
      ...(statement === PAYABLES ? [] : [upTo ?? null]),
    ]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    const items = row.items.slice(0, limit ?? undefined);
    const last = row.items.length > items.length ? items.at(-1) : undefined;
    const next = last === undefined ? null : ([last.entity, last.asset, last.partner] as const);
    return { position: BigInt(row.position), on, totals: row.totals, items, next };
  }
}
