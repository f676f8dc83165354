import { Injectable } from '@nestjs/common';
import type { CommissionHold, CommissionKey } from '@tributary/contracts';
import { type Instant, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import { type WaitsFor, payableOn, waitsFor } from './held';
import { POSITION, holdsOf, holdsOfThen, utc } from './sql';

export interface HeldItem {
  readonly line: string;
  readonly partner: string;
  readonly plan: string;
  readonly window: string;
  readonly key: CommissionKey;
  readonly entity: string;
  readonly asset: string;
  readonly amount: string;
  readonly payableOn: Instant | null;
  readonly waitsFor: readonly WaitsFor[];
}

export interface HeldPage {
  readonly position: bigint;
  readonly on: Instant;
  /** Each the balance of the Held account on that day. */
  readonly totals: readonly {
    readonly entity: string;
    readonly asset: string;
    readonly amount: string;
  }[];
  readonly items: readonly HeldItem[];
  readonly next: string | null;
}

/** After which part the next page begins. */
export type HeldCursor = readonly [line: string, until: Instant, entity: string, asset: string];

interface HeldRow extends Omit<HeldItem, 'payableOn' | 'waitsFor'> {
  readonly until: Instant;
  readonly holds: readonly CommissionHold[];
}

const heldOf = (parts: string, holds: string): string => `
with parts as materialized (
  select line_id, entity, asset, until, sum(amount) as amount from held_move
  where tenant = $1 and occurred_at <= $2${parts}
  group by line_id, entity, asset, until having sum(amount) <> 0)
select ${POSITION} as position,
  (select coalesce(json_agg(t), '[]') from (select entity, asset, sum(amount)::text as amount from parts
    group by 1, 2 order by 1, 2) t) as totals,
  (select coalesce(json_agg(r order by r.line, r.until, r.entity, r.asset), '[]') from (
    select l.line_id as line, l.partner, l.plan, l.window_key as window, l.line_key as key, p.entity, p.asset,
      p.amount::text as amount, ${utc('p.until')} as until, ${holds} as holds
    from parts p join commission_line l on l.tenant = $1 and l.line_id = p.line_id
    where (l.line_id, p.until, p.entity, p.asset) > ($3, $4::timestamptz, $5, $6)
    order by 1, p.until, p.entity, p.asset limit $7) r) as items`;

const HELD = heldOf('', holdsOf('l'));
const HELD_THEN = heldOf(' and position <= $8', holdsOfThen('l', '$8'));

const DUE = `
select distinct stream from held_part where tenant = $1 and until <= $2 and amount > 0 and stream > $3 order by stream limit $4`;

const STREAM = `select stream from commission_line where tenant = $1 and line_id = $2`;

@Injectable()
export class Holds {
  constructor(private readonly runtime: ServiceRuntime) {}

  /** What is held on that day, part by part; all parts together are the Held account. */
  async page(asked: {
    readonly tenant: string;
    readonly on: Instant;
    /** Nothing that stands behind it in the log; undefined: as of now. */
    readonly upTo: bigint | undefined;
    readonly after: HeldCursor | null;
    readonly limit: number;
  }): Promise<Omit<HeldPage, 'next'> & { readonly last: HeldRow | null }> {
    const { tenant, on, upTo, after, limit } = asked;
    const beyond = after ?? ['', '-infinity', '', ''];
    const { rows } = await this.runtime.database.query<{
      position: string;
      totals: HeldPage['totals'];
      items: HeldRow[];
    }>(upTo === undefined ? HELD : HELD_THEN, [
      ...[tenant, on, ...beyond, limit + 1],
      ...(upTo === undefined ? [] : [upTo]),
    ]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    const shown = row.items.slice(0, limit);
    const items = shown.map(({ until: ends, holds, ...item }) => ({
      ...item,
      payableOn: payableOn(ends, holds, on),
      waitsFor: waitsFor(ends, holds, on),
    }));
    const last = row.items.length > limit ? (shown.at(-1) ?? null) : null;
    return { position: BigInt(row.position), on, totals: row.totals, items, last };
  }

  /** Windows in which something is held until then at the latest, in the order of their streams. */
  async windowsDue(asked: {
    readonly tenant: string;
    readonly asOf: Instant;
    readonly after: string;
    readonly limit: number;
  }): Promise<{ readonly streams: readonly string[]; readonly next: string | null }> {
    const { tenant, asOf, after, limit } = asked;
    const { rows } = await this.runtime.database.query<{ stream: string }>(DUE, [
      tenant,
      asOf,
      after,
      limit + 1,
    ]);
    const streams = rows.slice(0, limit).map(({ stream }) => stream);
    return { streams, next: rows.length > limit ? (streams.at(-1) ?? null) : null };
  }

  async streamOfLine(tenant: string, line: string): Promise<string | undefined> {
    const { rows } = await this.runtime.database.query<{ stream: string }>(STREAM, [tenant, line]);
    return rows[0]?.stream;
  }
}
