import { Injectable } from '@nestjs/common';
import type { Instant, PeriodKey } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import type { Blocker, Blockers } from '../domain/period/commands';
import type { BreakType } from '../domain/rail/break-events';
import { positionOf, utc } from './reading';
import { periods } from './periods.projection';

export interface MonthShown {
  readonly month: PeriodKey;
  readonly state: 'certified' | 'closed' | 'soft_closed' | 'taken';
  readonly zone: string;
  readonly ends: Instant;
  readonly softClosedAt: Instant;
  readonly softClosedBy: string;
  readonly takenAt: Instant | null;
  readonly closedAt: Instant | null;
  readonly closedBy: string | null;
  readonly certifiedAt: Instant | null;
  readonly digest: string | null;
}

/**
 * What keeps a month open: money that moved without us, twice, or on a statement that does not continue the one before; and money that
 * has been on its way for longer than the rail allows, whatever the bank says of it.
 */
export const BLOCKING_BREAKS = [
  'B01',
  'B02',
  'B05',
  'B11',
  'B16',
] as const satisfies readonly BreakType[];

const MOST_BLOCKERS = 100;

const MONTHS = `select ${positionOf(periods)} as position, coalesce(json_agg(m order by m.month), '[]') as months from (
  select month, zone, ${utc('ends')} as ends,
    case when certified_at is not null then 'certified' when closed_at is not null then 'closed'
      when taken_at is not null then 'taken' else 'soft_closed' end as state,
    ${utc('soft_closed_at')} as "softClosedAt", soft_closed_by as "softClosedBy", ${utc('taken_at')} as "takenAt",
    ${utc('closed_at')} as "closedAt", closed_by as "closedBy", ${utc('certified_at')} as "certifiedAt", digest
  from period_month where tenant = $1 and entity = $2) m`;

const BEHIND = `select partner, plan, "window", ${utc('since')} as since, count(*) over ()::int as count
  from behind_window b where tenant = $1 and (
    not exists (select from posted_plan p where p.tenant = $1 and p.plan = b.plan)
    or exists (select from posted_plan p where p.tenant = $1 and p.plan = b.plan and p.entity = $2))
  order by b.since, partner, plan, "window" limit ${MOST_BLOCKERS}`;

const BREAKS = `select id, rail, type, owner, cause, since, count(*) over ()::int as count
  from rail_break where tenant = $1 and entity = $2 and is_open and type = any($3::text[])
  order by since, rail, id limit ${MOST_BLOCKERS}`;

const KNOWN = `select exists (select from payer_entity where tenant = $1 and entity = $2)
  or exists (select from posted_plan where tenant = $1 and entity = $2) as known`;

interface BehindRow {
  readonly partner: string;
  readonly plan: string;
  readonly window: string;
  readonly since: Instant;
  readonly count: number;
}
interface BreakRow {
  readonly id: string;
  readonly rail: string;
  readonly type: BreakType;
  readonly owner: string;
  readonly cause: string;
  readonly since: string;
  readonly count: number;
}

/** How far the months of an entity have come, and what would keep the next one from being cut. */
@Injectable()
export class PeriodsShown {
  constructor(private readonly runtime: ServiceRuntime) {}

  /** Whether it was registered, or commission posts for it. */
  async knows(tenant: string, entity: string): Promise<boolean> {
    const { rows } = await this.runtime.database.query<{ known: boolean }>(KNOWN, [tenant, entity]);
    return rows[0]?.known ?? false;
  }

  async months(
    tenant: string,
    entity: string,
  ): Promise<{ readonly position: bigint; readonly months: readonly MonthShown[] }> {
    const { rows } = await this.runtime.database.query<{
      position: string;
      months: readonly MonthShown[];
    }>(MONTHS, [tenant, entity]);
    const [row] = rows;
    return { position: BigInt(row?.position ?? 0), months: row?.months ?? [] };
  }

  async behind(tenant: string, entity: string): Promise<Blockers> {
    const { rows } = await this.runtime.database.query<BehindRow>(BEHIND, [tenant, entity]);
    return blockersOf(rows, ({ partner, plan, window, since }) => ({
      kind: 'commission_behind',
      subject: `${partner}.${plan}.${window}`,
      owner: 'operations',
      detail: `Commission has been posting this window since ${since}; it goes on by itself.`,
    }));
  }

  async breaks(tenant: string, entity: string): Promise<Blockers> {
    const values = [tenant, entity, BLOCKING_BREAKS];
    const { rows } = await this.runtime.database.query<BreakRow>(BREAKS, values);
    return blockersOf(rows, ({ id, rail, type, owner, cause, since }) => ({
      kind: 'break',
      subject: id,
      owner,
      detail: `${type} on ${rail} since ${since}: ${cause}.`,
    }));
  }
}

function blockersOf<R extends { readonly count: number }>(
  rows: readonly R[],
  blockerOf: (row: R) => Blocker,
): Blockers {
  return { count: rows[0]?.count ?? 0, first: rows.map(blockerOf) };
}
