import { Injectable } from '@nestjs/common';
import { type Instant, type Json, invariant } from '@tributary/kernel';
import { cursorOf, instantCursor, ServiceRuntime } from '@tributary/platform';
import type { ConflictRule, Settlement } from '../domain/prospect/events';
import { POSITION } from './prospects.queries';

export interface ConflictsAsked {
  readonly tenant: string;
  readonly limit: number;
  readonly after?: string | undefined;
  readonly state?: string | undefined;
  readonly programme?: string | undefined;
}

/** One side, with what its claim rests on. */
export interface SideRow {
  readonly side: string;
  readonly prospect: string;
  readonly lead: string | null;
  readonly partner: string | null;
  readonly since: string;
  readonly facts: Json;
  readonly claim: {
    readonly state: string;
    readonly about: Readonly<Record<string, string>>;
    readonly rules: readonly string[];
    readonly reason: string | null;
    readonly extensions: number;
    readonly protectedUntil: string | null;
    readonly decidedAt: string | null;
  } | null;
}

export interface ConflictRow {
  readonly conflict: string;
  readonly prospect: string;
  readonly programme: string;
  readonly rule: ConflictRule;
  readonly at: Date;
  readonly state: Settlement | 'open';
  readonly settledAt: Date | null;
  /** Of a person: who, why, and on what evidence. */
  readonly decision: {
    readonly winner: string;
    readonly reason: string;
    readonly evidence: readonly string[];
    readonly by: string;
    readonly at: Instant;
  } | null;
  /** Who leads by our rule stands first. */
  readonly sides: readonly [SideRow, SideRow];
}

export interface ConflictsPage {
  readonly position: bigint;
  readonly items: readonly ConflictRow[];
  readonly next: string | null;
}

const textOf = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const FIND = `
select ${POSITION} as position, p.*
from (select 1) one left join lateral (
  select k.conflict, k.prospect, k.programme, k.rule, k.at, k.state, k.settled_at as "settledAt", k.decision,
    (select json_agg(s.side || jsonb_build_object('claim', case when c.lead is null then null else jsonb_build_object(
       'state', c.state, 'about', c.about, 'rules', c.rules, 'reason', c.reason, 'extensions', c.extensions,
       'protectedUntil', ${textOf('c.protected_until')}, 'decidedAt', ${textOf('c.decided_at')}) end) order by s.i)
     from jsonb_array_elements(k.sides) with ordinality s(side, i)
     left join claim c on c.tenant = k.tenant and c.prospect = s.side->>'prospect' and c.lead = s.side->>'lead') as sides
  from conflict k
  where k.tenant = $1 and ($2::text is null or k.state = $2) and ($3::text is null or k.programme = $3)
    and ($4::timestamptz is null or (k.at, k.conflict) > ($4, $5))
  order by k.at, k.conflict limit $6) p on true
order by p.at, p.conflict`;

export interface RateAsked {
  readonly tenant: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly programme?: string | undefined;
}

/** A deal is a company that somebody claimed in the period; it is counted once, however many claims or conflicts it has. */
export interface ConflictRate {
  readonly position: bigint;
  readonly from: Instant;
  readonly to: Instant;
  readonly deals: number;
  readonly dealsWithConflict: number;
  /** In percent, to one decimal; null where nothing was claimed. */
  readonly rate: string | null;
  readonly target: string;
  readonly status: 'green' | 'no_data' | 'red';
}

// What was withdrawn or superseded is as if it had never been.
const RATE = `
with claimed as (
  select c.prospect from claim c where c.tenant = $1 and c.registered_at >= $2 and c.registered_at < $3
    and c.state <> 'withdrawn' and ($4::text is null or c.programme = $4)),
contested as (
  select distinct k.prospect from conflict k where k.tenant = $1 and k.at >= $2 and k.at < $3
    and k.state not in ('withdrawn', 'superseded') and ($4::text is null or k.programme = $4))
select ${POSITION} as position, (select count(*)::int from contested) as contested,
  (select count(*)::int from (select prospect from claimed union select prospect from contested) d) as deals`;

/** Conflicts as a queue, the oldest in front, with what each side rests on. */
@Injectable()
export class Conflicts {
  constructor(private readonly runtime: ServiceRuntime) {}

  async page({ tenant, limit, after, state, programme }: ConflictsAsked): Promise<ConflictsPage> {
    const [at, conflict] = after === undefined ? [] : instantCursor(after, 2);
    const { rows } = await this.runtime.database.query<
      (ConflictRow | { readonly conflict: null }) & { readonly position: string }
    >(FIND, [tenant, state ?? null, programme ?? null, at ?? null, conflict ?? null, limit + 1]);
    const [first] = rows;
    invariant(first, 'a left join has a row');
    const found = rows.flatMap((row) => (row.conflict === null ? [] : [row]));
    const items = found.slice(0, limit).map(({ position: _position, ...item }) => item);
    const last = items.at(-1);
    const next =
      last && found.length > limit ? cursorOf(last.at.toISOString(), last.conflict) : null;
    return { position: BigInt(first.position), items, next };
  }

  async rate({ tenant, from, to, programme }: RateAsked): Promise<ConflictRate> {
    const { rows } = await this.runtime.database.query<{
      position: string;
      contested: number;
      deals: number;
    }>(RATE, [tenant, from, to, programme ?? null]);
    const [row] = rows;
    invariant(row, 'an aggregate has a row');
    return { position: BigInt(row.position), from, to, ...conflictRate(row.contested, row.deals) };
  }
}

const TARGET_PERCENT = 5;

/** Judged by the whole numbers, so that 4.96 percent is not red because it is shown as 5.0. */
export function conflictRate(
  dealsWithConflict: number,
  deals: number,
): Omit<ConflictRate, 'from' | 'position' | 'to'> {
  const counted = { deals, dealsWithConflict, target: `< ${TARGET_PERCENT.toFixed(1)}` };
  if (deals === 0) return { ...counted, rate: null, status: 'no_data' };
  const isBelow = dealsWithConflict * 100 < TARGET_PERCENT * deals;
  const tenths = Math.floor((dealsWithConflict * 2_000 + deals) / (2 * deals));
  const rate = `${Math.floor(tenths / 10)}.${tenths % 10}`;
  return { ...counted, rate, status: isBelow ? 'green' : 'red' };
}
