import { Injectable } from '@nestjs/common';
import type { CommissionHold } from '@tributary/contracts';
import { subscriptionOf } from '@tributary/feeds';
import { type Instant, invariant } from '@tributary/kernel';
import { type LogPoint, ServiceRuntime, standingAt } from '@tributary/platform';
import { trail } from './explain.projection';
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

export interface UnplannedPage extends LogPoint {
  /** Of the last telling of attribution that is counted, in the log. */
  readonly creditedPosition: bigint;
  readonly items: readonly UnplannedLine[];
  readonly next: readonly [sale: string, payment: string, line: string] | null;
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

const TOLD = 't.tenant = $1 and t.log_position <= (select position from shown)';
const OF_LINE = `e.tenant = t.tenant and e.sale = t.sale and e.payment = t.payment and e.line = t.line
        and e.log_position <= (select position from shown)`;
const TRAIL = `(select coalesce(max(position), 0) from subscription where name = '${subscriptionOf(trail)}')`;

/**
 * Nobody who is credited has an agreement that names a plan for it, or the plan has not been published: no window had learned of the line up
 * to there. Which windows it ever came to stands in the directory of lines; when, in the trail.
 */
const UNPLANNED = `
with shown as (select least(${TRAIL}, $2::bigint) as position)
select (select position from shown) as position,
  (select coalesce(max(t.log_position), 0) from credited_revenue t where ${TOLD}) as "creditedPosition",
  (select coalesce(json_agg(r order by r.sale, r.payment, r.line), '[]') from (
    select t.sale, t.payment, t.line, t.paid_ats as "paidAt",
      (select json_agg(distinct p.partner order by p.partner)
        from credited_revenue e cross join jsonb_array_elements_text(e.partners) p (partner) where ${OF_LINE}) as partners,
      'no_agreement' as reason
    from credited_revenue t where ${TOLD} and (t.sale, t.payment, t.line) > ($3, $4, $5)
      and not exists (select 1 from credited_revenue e where ${OF_LINE} and e.position > t.position)
      and exists (select 1 from credited_revenue e where ${OF_LINE} and jsonb_array_length(e.partners) > 0)
      and not exists (select 1 from line_window w
        join commission_trail e on e.stream = w.stream and e.concern = 'line ' || w.child || ' ' || w.line
        where w.tenant = t.tenant and w.line = t.sale || ' ' || t.payment || ' ' || t.line
          and e.position <= (select position from shown))
    order by t.sale, t.payment, t.line limit $6) r) as items`;

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
    point: LogPoint | undefined,
    { after, limit }: { readonly after: readonly string[]; readonly limit: number },
  ): Promise<UnplannedPage> {
    const [sale = '', payment = '', line = ''] = after;
    const { position, items, creditedPosition } = await this.one<{
      items: readonly UnplannedLine[];
      creditedPosition: string;
    }>(UNPLANNED, [
      ...[tenant, point === undefined ? null : String(point.position)],
      ...[sale, payment, line, limit + 1],
    ]);
    const shown = items.slice(0, limit);
    const last = items.length > limit ? shown.at(-1) : undefined;
    return {
      ...standingAt(point, position),
      creditedPosition: BigInt(creditedPosition),
      items: shown,
      next: last === undefined ? null : ([last.sale, last.payment, last.line] as const),
    };
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
