import { Injectable } from '@nestjs/common';
import { subscriptionOf } from '@tributary/feeds';
import { type Instant, type Json, invariant } from '@tributary/kernel';
import { type LogPoint, ServiceRuntime, standingAt, upTo } from '@tributary/platform';
import { planStreamOf } from '../domain/plan/events';
import { type PlanAsOf, planAsOf } from './plan-as-of';
import type { PlanDraft, PublishedVersion } from './plan-versions';
import { plans } from './plans.projection';

/** A plan in a list: what waits, and how many versions there are. */
export interface PlanSummary {
  readonly plan: string;
  readonly draft: Omit<PlanDraft, 'content'> | null;
  readonly versions: number;
}

export interface PlanShown {
  readonly plan: string;
  readonly draft: PlanDraft | null;
  readonly versions: readonly PublishedVersion[];
}

export interface PlanPage {
  readonly items: readonly PlanSummary[];
  /** Hand it back as `after`; null on the last page. */
  readonly next: string | null;
  readonly position: bigint;
}

// In the statement that reads the rows, so that an answer never claims more than it shows.
const POSITION = `(select coalesce(max(position), 0) from subscription where name = '${subscriptionOf(plans)}')`;

const PAGE = `select ${POSITION} as position, coalesce(json_agg(r order by r.plan), '[]') as items from (
  select p.plan, p.draft::jsonb - 'content' as draft,
    (select count(*)::int from plan_version v where v.tenant = p.tenant and v.plan = p.plan) as versions
  from plan p where p.tenant = $1 and p.plan > $2 order by p.plan limit $3) r`;

const utc = (column: string): string =>
  `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const ONE = `select ${POSITION} as position, (select to_json(r) from (
  select p.plan, p.draft,
    (select coalesce(json_agg(json_build_object('version', v.version, 'hash', v.hash, 'engine', v.engine,
      'engineHash', v.engine_hash, 'content', v.content, 'approvedAt', ${utc('v.approved_at')},
      'draftedBy', v.drafted_by, 'approvedBy', v.approved_by, 'acknowledged', v.acknowledged,
      'override', v.override) order by v.version), '[]')
     from plan_version v where v.tenant = p.tenant and v.plan = p.plan) as versions
  from plan p where p.tenant = $1 and p.plan = $2) r) as item`;

/** The plans of a tenant, as they stand at a position of our log. */
@Injectable()
export class Plans {
  constructor(private readonly runtime: ServiceRuntime) {}

  async page(tenant: string, after: string, limit: number): Promise<PlanPage> {
    const { items, position } = await this.one<PlanSummary[]>(PAGE, [tenant, after, limit + 1]);
    const shown = items.slice(0, limit);
    const next = items.length > limit ? (shown.at(-1)?.plan ?? null) : null;
    return { items: shown, next, position };
  }

  async find(
    tenant: string,
    plan: string,
  ): Promise<{ readonly found: PlanShown | null; readonly position: bigint }> {
    const { item, position } = await this.one<PlanShown | null, 'item'>(ONE, [tenant, plan]);
    return { found: item, position };
  }

  /** As it was known at a point of the log, from the stream of the plan. */
  async asOf(
    tenant: string,
    plan: string,
    { on, point }: { readonly on: Instant; readonly point: LogPoint | undefined },
  ): Promise<(LogPoint & PlanAsOf) | undefined> {
    const events = this.runtime.log.read(planStreamOf(tenant, plan));
    const found = await planAsOf({ plan, on }, upTo(events, point));
    return found && { ...found, ...standingAt(point, found.position) };
  }

  private async one<T extends Json | object | null, N extends string = 'items'>(
    statement: string,
    values: readonly unknown[],
  ): Promise<Readonly<Record<N, T>> & { readonly position: bigint }> {
    const { rows } = await this.runtime.database.pool.query<Record<string, unknown>>(statement, [
      ...values,
    ]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    const { position, ...rest } = row;
    return { ...(rest as Record<N, T>), position: BigInt(String(position)) };
  }
}
