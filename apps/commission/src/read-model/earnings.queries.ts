import { Injectable } from '@nestjs/common';
import type { CommissionHold } from '@tributary/contracts';
import { type Instant, invariant } from '@tributary/kernel';
import { type LogPoint, ServiceRuntime, standingAt } from '@tributary/platform';
import { type WaitsFor, payableOn, waitsFor } from './held';
import { POSITION, holdsOf, holdsOfThen, utc } from './sql';

export interface EarnedOfAsset {
  readonly asset: string;
  /** held + released. */
  readonly posted: string;
  readonly held: string;
  /** Handed to payouts. */
  readonly released: string;
  /** The part of it that must not be paid for now. */
  readonly frozen: string;
}

export interface HeldOfPartner {
  readonly asset: string;
  readonly payableOn: Instant | null;
  readonly waitsFor: readonly WaitsFor[];
  readonly amount: string;
  readonly lines: number;
}

export interface PartnerEarnings extends LogPoint {
  readonly partner: string;
  readonly on: Instant;
  /** Windows in which something is known that is not posted yet. */
  readonly behind: number;
  readonly totals: readonly EarnedOfAsset[];
  readonly held: readonly HeldOfPartner[];
}

export interface UnplannedLine {
  readonly sale: string;
  readonly payment: string;
  readonly line: string;
  readonly paidAt: readonly Instant[];
  readonly partners: readonly string[];
  readonly reason: 'no_agreement';
}

const TOTALS = `
select ${POSITION} as position,
  (select coalesce(json_agg(t), '[]') from (
    select asset, sum(posted)::text as posted, sum(held)::text as held, sum(released)::text as released,
      sum(coalesce(frozen, 0))::text as frozen
    from commission_line where tenant = $1 and partner = $2 and entity is not null group by asset order by asset) t) as totals,
  (select count(*)::int from earnings_window w where w.tenant = $1 and w.behind
    and starts_with(w.stream, 'earnings-' || $1 || '.' || $2 || '.')) as behind,
  (select coalesce(json_agg(r), '[]') from (
    select l.asset, p.amount::text as amount, ${utc('p.until')} as until, ${holdsOf('l')} as holds
    from commission_line l join held_part p using (tenant, line_id)
    where l.tenant = $1 and l.partner = $2 and p.amount <> 0 order by p.until, l.line_id) r) as held`;

/**
 * The same up to a position ($3), from what had moved by then: `trail` has what was posted of a partner, and where; what is held moved at the
 * same places. So it costs as much as this partner has moved.
 */
const TOTALS_THEN = `
with moved as materialized (
    select position, asset, posted from commission_move where tenant = $1 and partner = $2 and position <= $3),
  parts as materialized (
    select h.line_id, h.asset, h.until, sum(h.amount) as amount from moved join held_move h using (position)
    group by h.line_id, h.asset, h.until),
  frozen as (
    select l.asset, sum(f.frozen) as frozen from commission_line l cross join lateral (
      select t.frozen from commission_frozen_told t where t.tenant = l.tenant and t.line_id = l.line_id and t.position <= $3
      order by t.position desc limit 1) f
    where l.tenant = $1 and l.partner = $2 and l.entity is not null group by l.asset)
select ${POSITION} as position,
  (select coalesce(json_agg(t), '[]') from (
    select p.asset, p.posted::text as posted, coalesce(h.held, 0)::text as held, (p.posted - coalesce(h.held, 0))::text as released,
      coalesce(f.frozen, 0)::text as frozen
    from (select asset, sum(posted) as posted from moved group by asset) p
      left join (select asset, sum(amount) as held from parts group by asset) h using (asset)
      left join frozen f using (asset) order by p.asset) t) as totals,
  (select count(*)::int from (
    select distinct on (stream) behind from earnings_window_told
    where tenant = $1 and starts_with(stream, 'earnings-' || $1 || '.' || $2 || '.') and position <= $3
    order by stream, position desc) w where w.behind) as behind,
  (select coalesce(json_agg(r), '[]') from (
    select p.asset, p.amount::text as amount, ${utc('p.until')} as until, ${holdsOfThen('l', '$3')} as holds
    from parts p join commission_line l on l.tenant = $1 and l.line_id = p.line_id
    where p.amount <> 0 order by p.until, p.line_id) r) as held`;

/** Nobody who is credited has an agreement that names a plan for it, or the plan has not been published. */
const UNPLANNED = `
select ${POSITION} as position, (select coalesce(json_agg(r order by r.name), '[]') from (
  select l.line as name, l.data ->> 'sale' as sale, l.data ->> 'payment' as payment, l.data ->> 'line' as line,
    to_json(l.paid_ats) as "paidAt", 'no_agreement' as reason,
    (select json_agg(p.partner order by p.partner) from line_partner p where p.tenant = l.tenant and p.line = l.line) as partners
  from credited_line l where l.tenant = $1 and l.line > $2
    and exists (select 1 from line_partner p where p.tenant = l.tenant and p.line = l.line)
    and not exists (select 1 from line_window w where w.tenant = l.tenant and w.line = l.line)
  order by l.line limit $3) r) as items`;

interface HeldPart {
  readonly asset: string;
  readonly amount: string;
  readonly until: Instant;
  readonly holds: readonly CommissionHold[];
}

@Injectable()
export class EarningsRead {
  constructor(private readonly runtime: ServiceRuntime) {}

  async ofPartner(
    tenant: string,
    partner: string,
    { on, point }: { readonly on: Instant; readonly point: LogPoint | undefined },
  ): Promise<PartnerEarnings> {
    const { position, held, ...rest } = await this.one<{
      totals: EarnedOfAsset[];
      behind: number;
      held: HeldPart[];
    }>(point === undefined ? TOTALS : TOTALS_THEN, [
      ...[tenant, partner],
      ...(point === undefined ? [] : [point.position]),
    ]);
    return { partner, on, ...standingAt(point, position), ...rest, held: together(held, on) };
  }

  async unplanned(
    tenant: string,
    after: string,
    limit: number,
  ): Promise<{
    readonly position: bigint;
    readonly items: readonly UnplannedLine[];
    readonly next: string | null;
  }> {
    const { position, items } = await this.one<{ items: (UnplannedLine & { name: string })[] }>(
      UNPLANNED,
      [tenant, after, limit + 1],
    );
    const shown = items.slice(0, limit);
    const next = items.length > limit ? (shown.at(-1)?.name ?? null) : null;
    return { position, items: shown.map(({ name: _name, ...item }) => item), next };
  }

  private async one<T extends object>(
    statement: string,
    values: readonly unknown[],
  ): Promise<T & { readonly position: bigint }> {
    const { rows } = await this.runtime.database.query<T & { position: string }>(statement, [
      ...values,
    ]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    return { ...row, position: BigInt(row.position) };
  }
}

/** Parts that wait for the same, until the same day. */
function together(parts: readonly HeldPart[], on: Instant): readonly HeldOfPartner[] {
  const sums = new Map<string, HeldOfPartner>();
  for (const { asset, amount, until, holds } of parts) {
    const waits = waitsFor(until, holds, on);
    const payable = payableOn(until, holds, on);
    const name = JSON.stringify([asset, payable, waits]);
    const known = sums.get(name);
    sums.set(name, {
      asset,
      payableOn: payable,
      waitsFor: waits,
      amount: String(BigInt(known?.amount ?? 0) + BigInt(amount)),
      lines: (known?.lines ?? 0) + 1,
    });
  }
  return [...sums.values()];
}
