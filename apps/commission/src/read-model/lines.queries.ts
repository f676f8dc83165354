import { Injectable } from '@nestjs/common';
import type { CommissionHold, CommissionKey } from '@tributary/contracts';
import { type Instant, type Json, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import { POSITION, holdsOf, utc } from './sql';

export const LINE_STATES = ['frozen', 'held', 'nothing', 'released'] as const;
export type LineState = (typeof LINE_STATES)[number];

export interface LinesFilter {
  readonly partner?: string | undefined;
  readonly plan?: string | undefined;
  readonly window?: string | undefined;
  /** Something was posted in it, and not all of it taken back. */
  readonly month?: string | undefined;
  readonly reason?: string | undefined;
  readonly state?: LineState | undefined;
}

export interface LinesAsked extends LinesFilter {
  readonly tenant: string;
  readonly after: readonly [paidAt: Instant, line: string] | null;
  readonly limit: number;
}

export interface LineRow {
  readonly line: string;
  readonly partner: string;
  readonly plan: string;
  readonly window: string;
  readonly key: CommissionKey;
  readonly programme: string | null;
  readonly entity: string | null;
  readonly asset: string | null;
  readonly paidAt: Instant;
  /** Minor units. held + released. */
  readonly posted: string;
  readonly held: string;
  readonly released: string;
  readonly frozen: string;
  /** What it is worth; null while its window is behind, because then nobody has said so yet. */
  readonly due: string | null;
  /** Why it is worth nothing. */
  readonly reason: string | null;
  readonly version: Json;
  readonly months: readonly { readonly month: string; readonly amount: string }[];
  readonly heldUntil: readonly { readonly until: Instant; readonly amount: string }[];
  readonly holds: readonly CommissionHold[];
}

/** Of all lines that were asked for, not of one page: what the accounts of commission hold for them. */
export interface LinesTotal {
  readonly entity: string;
  readonly asset: string;
  readonly lines: number;
  readonly posted: string;
  readonly held: string;
  readonly released: string;
}

export interface LinesPage {
  readonly position: bigint;
  readonly items: readonly LineRow[];
  /** With the first page alone. */
  readonly totals: readonly LinesTotal[] | null;
  readonly next: readonly [line: string, paidAt: Instant] | null;
}

// A reason that was taken back, under a name that nothing was ever posted for, is no line.
const ASKED = `l.tenant = $1 and (l.reason is not null or l.entity is not null)
    and ($2::text is null or l.partner = $2) and ($3::text is null or l.plan = $3)
    and ($4::text is null or l.window_key = $4) and ($5::text is null or l.reason = $5)
    and ($6::text is null or exists (select 1 from commission_month m
      where m.tenant = l.tenant and m.line_id = l.line_id and m.month = $6 and m.amount <> 0))
    and case $7::text when 'held' then l.held <> 0 when 'released' then l.released <> 0
      when 'frozen' then coalesce(l.frozen, 0) <> 0 when 'nothing' then l.posted = 0 else true end`;

const LINES = `
select ${POSITION} as position, (select coalesce(json_agg(r order by r.paid_at, r.line), '[]') from (
  select l.paid_at, l.line_id as line, l.partner, l.plan, l.window_key as window, l.line_key as key,
    l.programme, l.entity, l.asset, ${utc('l.paid_at')} as "paidAt", l.posted::text, l.held::text, l.released::text,
    coalesce(l.frozen, 0)::text as frozen, l.reason, l.version,
    case when exists (select 1 from earnings_window w where w.tenant = l.tenant and w.stream = l.stream and w.behind)
      then null else l.posted::text end as due,
    (select coalesce(json_agg(json_build_object('month', m.month, 'amount', m.amount::text) order by m.month), '[]')
      from commission_month m where m.tenant = l.tenant and m.line_id = l.line_id and m.amount <> 0) as months,
    (select coalesce(json_agg(json_build_object('until', ${utc('p.until')}, 'amount', p.amount::text) order by p.until), '[]')
      from held_part p where p.tenant = l.tenant and p.line_id = l.line_id and p.amount <> 0) as "heldUntil",
    ${holdsOf('l')} as holds
  from commission_line l where ${ASKED} and (l.paid_at, l.line_id) > ($8::timestamptz, $9)
  order by l.paid_at, l.line_id limit $10) r) as items,
  case when $11 then (select coalesce(json_agg(t order by t.entity, t.asset), '[]') from (
    select l.entity, l.asset, count(*)::int as lines, sum(l.posted)::text as posted, sum(l.held)::text as held,
      sum(l.released)::text as released
    from commission_line l where ${ASKED} and l.entity is not null group by l.entity, l.asset) t) end as totals`;

type Found = LineRow & { readonly paid_at: string };

@Injectable()
export class Lines {
  constructor(private readonly runtime: ServiceRuntime) {}

  async page(asked: LinesAsked): Promise<LinesPage> {
    const { tenant, partner, plan, window, month, reason, state, after, limit } = asked;
    const filters = [partner, plan, window, reason, month, state].map((each) => each ?? null);
    const beyond = after ?? ['-infinity', ''];
    const { rows } = await this.runtime.database.query<{
      position: string;
      items: readonly Found[];
      totals: readonly LinesTotal[] | null;
    }>(LINES, [tenant, ...filters, ...beyond, limit + 1, after === null]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    const items = row.items.slice(0, limit).map(({ paid_at: _order, ...line }) => line);
    const last = row.items.length > limit ? items.at(-1) : undefined;
    const next = last ? ([last.line, last.paidAt] as const) : null;
    return { position: BigInt(row.position), items, totals: row.totals, next };
  }
}
