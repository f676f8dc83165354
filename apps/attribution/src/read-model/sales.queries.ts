import { Injectable } from '@nestjs/common';
import { invariant } from '@tributary/kernel';
import { cursorOf, type LogPoint, readCursor, ServiceRuntime, upTo } from '@tributary/platform';
import { saleStreamOf } from '../domain/sale/events';
import { partnerCredit } from './partner-credit.projection';
import { positionSql } from './position';
import { type SaleFile, saleFile } from './sale-file';

export interface SalesAsked {
  readonly tenant: string;
  readonly limit: number;
  readonly after?: string | undefined;
  readonly sale?: string | undefined;
  readonly customer?: string | undefined;
  readonly partner?: string | undefined;
  readonly programme?: string | undefined;
  readonly unattributed?: boolean | undefined;
}

/** A sale in one asset, which nearly always is the whole sale. */
export interface SaleRow {
  readonly sale: string;
  readonly asset: string;
  readonly customer: string;
  readonly programme: string | null;
  readonly paidAt: Date;
  readonly lines: number;
  /** After refunds, minor units. */
  readonly net: string;
  /** Of its lines: how much of the net nobody is credited with. */
  readonly unattributedNet: string;
  readonly partners: readonly string[];
}

export interface SalesPage {
  readonly position: bigint;
  readonly items: readonly SaleRow[];
  readonly next: string | null;
}

const FIND = `
select ${positionSql(partnerCredit)} as position, p.*
from (select 1) one left join lateral (
  select l.sale, l.asset, min(l.customer) as customer, min(l.programme) as programme, min(l.paid_at) as "paidAt",
    count(*)::int as lines, sum(l.net)::text as net,
    coalesce(sum(l.net) filter (where l.unattributed is not null), 0)::text as "unattributedNet",
    (select coalesce(json_agg(distinct q.partner order by q.partner), '[]') from credited_line o,
       jsonb_array_elements_text(o.partners) q(partner)
     where o.tenant = $1 and o.sale = l.sale and o.asset = l.asset) as partners
  from credited_line l
  where l.tenant = $1 and ($2::text is null or l.sale = $2) and ($3::text is null or l.customer = $3)
    and ($4::text is null or l.partners @> jsonb_build_array($4::text)) and ($5::text is null or l.programme = $5)
    and ($6::boolean is null or (l.unattributed is not null) = $6)
    and ($7::text is null or (l.sale >= $7 and (l.sale, l.asset) > ($7, $8)))
  group by l.sale, l.asset order by l.sale, l.asset limit $9) p on true
order by p.sale, p.asset`;

/** Sales with the credit of their lines. */
@Injectable()
export class Sales {
  constructor(private readonly runtime: ServiceRuntime) {}

  async page(asked: SalesAsked): Promise<SalesPage> {
    const { tenant, limit, after, sale, customer, partner, programme, unattributed } = asked;
    const [lastSale, lastAsset] = after === undefined ? [] : readCursor(after, 2);
    const filters = [sale, customer, partner, programme, unattributed].map((each) => each ?? null);
    const { rows } = await this.runtime.database.query<
      (SaleRow | { readonly sale: null }) & { readonly position: string }
    >(FIND, [tenant, ...filters, lastSale ?? null, lastAsset ?? null, limit + 1]);
    const [first] = rows;
    invariant(first, 'a left join has a row');
    const found = rows.flatMap((row) => {
      if (row.sale === null) return [];
      const { position: _position, ...item } = row;
      return [item];
    });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    const next = last && found.length > limit ? cursorOf(last.sale, last.asset) : null;
    return { position: BigInt(first.position), items, next };
  }

  /** From the sale's own stream, whole or up to a point. */
  async file(tenant: string, sale: string, point?: LogPoint): Promise<SaleFile | undefined> {
    return await saleFile(sale, upTo(this.runtime.log.read(saleStreamOf(tenant, sale)), point));
  }
}
