import { Injectable } from '@nestjs/common';
import { invariant } from '@tributary/kernel';
import { cursorOf, instantCursor, ServiceRuntime } from '@tributary/platform';
import { partnerCredit } from './partner-credit.projection';
import { positionSql } from './position';

/** Of a sale: why nobody is credited. Of a fact: what it waits for. */
export const UNATTRIBUTED_REASONS = [
  'customer_unknown',
  'invoice_unknown',
  'no_eligible_evidence',
] as const;
export type UnattributedReason = (typeof UNATTRIBUTED_REASONS)[number];

export interface UnattributedAsked {
  readonly tenant: string;
  readonly limit: number;
  readonly after?: string | undefined;
  readonly reason?: UnattributedReason | undefined;
  readonly programme?: string | undefined;
}

export interface UnattributedItem {
  readonly reason: UnattributedReason;
  /** When it was paid; of a fact that waits, when it happened. */
  readonly since: string;
  readonly sale: string | null;
  readonly payment: string;
  readonly line: string | null;
  readonly customer: string | null;
  readonly programme: string | null;
  readonly asset: string | null;
  readonly net: string | null;
  /** Of a fact that names no invoice that is known. */
  readonly fact: {
    readonly factId: string;
    readonly source: string;
    readonly id: string;
    readonly kind: string;
  } | null;
}

export interface UnattributedPage {
  readonly position: bigint;
  readonly items: readonly UnattributedItem[];
  readonly next: string | null;
}

const LINE_REF = `l.sale || '/' || l.payment || '/' || l.line`;

const FIND = `
select ${positionSql(partnerCredit)} as position, p.*
from (select 1) one left join lateral (
  select * from (
    (select l.unattributed as reason, l.paid_at as at, ${LINE_REF} as ref, l.sale, l.payment, l.line, l.customer, l.programme,
       l.asset, l.net::text as net, null::jsonb as fact
     from credited_line l
     where l.tenant = $1 and l.unattributed is not null and ($2::text is null or l.unattributed = $2)
       and ($3::text is null or l.programme = $3)
       and ($4::timestamptz is null or (l.paid_at >= $4 and (l.paid_at, ${LINE_REF}) > ($4, $5)))
     order by l.paid_at, ref limit $6)
    union all
    (select 'invoice_unknown', w.at, 'waiting/' || w.fact_id as ref, null, w.payment, null, null, null, null, null,
       jsonb_build_object('factId', w.fact_id, 'source', w.source, 'id', w.id, 'kind', w.kind)
     from waiting_fact w
     where w.tenant = $1 and w.fact_id is not null and w.sale is null and w.taken_back is null
       and ($2::text is null or $2 = 'invoice_unknown') and $3::text is null
       and ($4::timestamptz is null or (w.at >= $4 and (w.at, 'waiting/' || w.fact_id) > ($4, $5)))
     order by w.at, ref limit $6)) both_kinds
  order by at, ref limit $6) p on true
order by p.at, p.ref`;

interface Row extends Omit<UnattributedItem, 'since'> {
  readonly at: Date;
  readonly ref: string;
}

/** Money that nobody is credited with, and facts that wait, the oldest in front. */
@Injectable()
export class Unattributed {
  constructor(private readonly runtime: ServiceRuntime) {}

  async page(asked: UnattributedAsked): Promise<UnattributedPage> {
    const { tenant, limit, after, reason, programme } = asked;
    const [at, ref] = after === undefined ? [] : instantCursor(after, 2);
    const { rows } = await this.runtime.database.query<
      (Row | { readonly reason: null }) & { readonly position: string }
    >(FIND, [tenant, reason ?? null, programme ?? null, at ?? null, ref ?? null, limit + 1]);
    const [first] = rows;
    invariant(first, 'a left join has a row');
    const found = rows.flatMap((row) => (row.reason === null ? [] : [row]));
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const next = last && found.length > limit ? cursorOf(last.at.toISOString(), last.ref) : null;
    return { position: BigInt(first.position), items: shown.map(itemOf), next };
  }
}

function itemOf(row: Row): UnattributedItem {
  const { reason, at, sale, payment, line, customer, programme, asset, net, fact } = row;
  const what = { sale, payment, line, customer, programme, asset, net, fact };
  return { reason, since: at.toISOString(), ...what };
}
