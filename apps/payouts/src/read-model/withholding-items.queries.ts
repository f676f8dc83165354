import { Injectable } from '@nestjs/common';
import { invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import { positionOf } from './reading';
import { withholding } from './withholding.projection';
import type { RegisterAsked } from './withholding.queries';

/** In the order of the rows: month, item, rule. */
export const ITEM_KEY_LENGTH = 3;

interface Amounts {
  /** Net of what came back to us. */
  readonly withheld: string;
  /** Paid to the authority. */
  readonly remitted: string;
  /** withheld - remitted: what the authority is to get. */
  readonly owed: string;
  /** Came back after it was remitted, and is not recovered yet. */
  readonly recoverable: string;
  readonly recovered: string;
}

/** What one rule has kept back of one payment, and what became of it. Amounts are minor units as text. */
export interface ItemRow extends Amounts {
  /** In which the payment was instructed last. */
  readonly month: string;
  readonly item: string;
  readonly partner: string;
  readonly entity: string;
  readonly asset: string;
  readonly tax: string;
  readonly rule: string;
  /** The remittances that it has a part in. */
  readonly remittances: readonly string[];
}

/** Of everything that was asked for: what may be remitted of a month is `owed`. */
export interface ItemTotal extends Amounts {
  readonly month: string;
  readonly asset: string;
  readonly tax: string;
  readonly rule: string;
}

export interface ItemPage {
  readonly position: bigint;
  readonly items: readonly ItemRow[];
  readonly totals: readonly ItemTotal[];
  readonly next: readonly string[] | null;
}

// An item whose file was refused whole may be instructed again in a later month, and belongs to that one.
const ITEMS = `named as (
  select distinct stream, item from withholding_move
  where tenant = $1 and entity = $2 and kind = 'PayoutInstructed'
    and at >= ($3 || '-01')::timestamp at time zone $5
    and at < (($4 || '-01')::timestamp + interval '1 month') at time zone $5
    and ($6::text is null or partner = $6) and ($7::text is null or tax = $7) and ($8::bigint is null or position <= $8)
), summed as (
  select m.item, m.partner, m.entity, m.asset, m.tax, m.rule,
    to_char(max(m.at) filter (where m.kind = 'PayoutInstructed') at time zone $5, 'YYYY-MM') as month,
    sum(m.withheld) as withheld, sum(m.remitted) as remitted, sum(m.withheld - m.remitted) as owed,
    sum(m.recoverable - m.recovered) as recoverable, sum(m.recovered) as recovered,
    coalesce(json_agg(m.remittance order by m.position) filter (where m.remittance is not null), '[]') as remittances
  from named n join withholding_move m on m.tenant = $1 and m.stream = n.stream and m.item = n.item
  where ($7::text is null or m.tax = $7) and ($8::bigint is null or m.position <= $8)
  group by m.item, m.partner, m.entity, m.asset, m.tax, m.rule
), found as (select * from summed where month between $3 and $4)`;

const AMOUNTS = ['withheld', 'remitted', 'owed', 'recoverable', 'recovered'];
const asText = AMOUNTS.map((name) => `${name}::text as ${name}`).join(', ');
const sums = AMOUNTS.map((name) => `sum(${name})::text as ${name}`).join(', ');

const PAGE = `with ${ITEMS}
select ${positionOf(withholding)} as position,
  (select coalesce(json_agg(t order by t.month, t.asset, t.rule), '[]') from (
    select month, asset, tax, rule, ${sums} from found group by month, asset, tax, rule) t) as totals,
  (select coalesce(json_agg(r order by r.month, r.item, r.rule), '[]') from (
    select month, item, partner, entity, asset, tax, rule, ${asText}, remittances from found
    where $9::text[] is null or (month, item, rule) > ($9[1], $9[2], $9[3])
    order by month, item, rule limit $10) r) as items`;

/** What was kept back of each payment, and what of it the tax authority has. */
@Injectable()
export class WithholdingItems {
  constructor(private readonly runtime: ServiceRuntime) {}

  async page(asked: RegisterAsked): Promise<ItemPage> {
    const { tenant, entity, partner, tax, from, to, zone, upTo, after, limit } = asked;
    const { rows } = await this.runtime.database.pool.query<{
      position: string;
      items: readonly ItemRow[];
      totals: readonly ItemTotal[];
    }>(PAGE, [
      ...[tenant, entity, from, to, zone, partner ?? null, tax ?? null],
      ...[upTo ?? null, after, limit === null ? null : limit + 1],
    ]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    const items = row.items.slice(0, limit ?? undefined);
    const last = row.items.length > items.length ? items.at(-1) : undefined;
    const next = last === undefined ? null : [last.month, last.item, last.rule];
    return { position: BigInt(row.position), items, totals: row.totals, next };
  }
}
