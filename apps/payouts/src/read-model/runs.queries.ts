import { Injectable } from '@nestjs/common';
import { type Instant, type JsonObject, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import type { DeclineReason } from '../domain/account/terms';
import type { Fault, Flag } from '../domain/run/events';
import { positionOf, utc } from './reading';
import { runs } from './runs.projection';

export interface RunShown {
  readonly run: string;
  readonly status: string;
  readonly entity: string;
  readonly asset: string;
  readonly kind: 'monthly' | 'on_demand';
  readonly period: string | null;
  readonly zone: string;
  readonly payOn: string;
  readonly minimum: string;
  readonly payingAccount: string | null;
  readonly draftedAt: Instant;
  readonly draftedBy: string;
  readonly approvedBy: string | null;
  readonly candidates: number | null;
  readonly items: number | null;
  readonly gross: string | null;
  readonly withheld: string | null;
  readonly net: string | null;
  /** What an approval names. */
  readonly hash: string | null;
  readonly flags: Readonly<Partial<Record<Flag, number>>>;
  readonly faulty: number;
  readonly declined: Readonly<
    Partial<Record<DeclineReason, { readonly accounts: number; readonly payable: string }>>
  >;
  /** Of a cancelled run: whether every reservation has been given back. */
  readonly isFreed: boolean;
}

export interface RunStepShown {
  readonly step: string;
  readonly at: Instant;
  readonly by: string | null;
  readonly facts: JsonObject;
}

export interface RunItemShown {
  readonly item: string;
  readonly partner: string;
  readonly gross: string;
  readonly withheld: string;
  readonly net: string;
  readonly lines: number;
  /** Items that came back, and are paid again with this one. */
  readonly replaces: readonly string[];
  readonly state: string;
  readonly method: { readonly kind: string; readonly display: string; readonly version: number };
  readonly flags: readonly Flag[];
  readonly sharedWith: string | null;
  readonly recent: readonly string[];
  readonly faults: readonly Fault[];
  readonly changed: string | null;
  readonly settledOn: string | null;
  readonly returnedOn: string | null;
}

export interface DeclineShown {
  readonly partner: string;
  readonly reason: DeclineReason;
  readonly detail: string;
  readonly payable: string;
}

interface Page<T> {
  readonly position: bigint;
  readonly items: readonly T[];
}

const POSITION = positionOf(runs);

const RUN = `r.run, r.status, r.entity, r.asset, r.kind, r.period, r.zone, r.pay_on as "payOn", r.minimum::text as minimum,
  r.paying_account as "payingAccount", ${utc('r.drafted_at')} as "draftedAt", r.drafted_by as "draftedBy",
  r.approved_by as "approvedBy", r.candidates, r.items, r.gross::text as gross, r.withheld::text as withheld,
  r.net::text as net, r.hash, coalesce(r.flags, '{}') as flags, coalesce(r.faulty, 0) as faulty,
  coalesce(r.declined, '{}') as declined, coalesce(r.is_freed, false) as "isFreed"`;

const LIST = `
select ${POSITION} as position, (select coalesce(json_agg(x order by x."draftedAt" desc, x.run desc), '[]') from (
  select ${RUN} from payout_run r
  where r.tenant = $1 and ($2::text is null or r.entity = $2) and (r.drafted_at, r.run) < ($3::timestamptz, $4)
  order by r.drafted_at desc, r.run desc limit $5) x) as items`;

const FIND = `
select ${POSITION} as position,
  (select row_to_json(x) from (select ${RUN} from payout_run r where r.tenant = $1 and r.run = $2) x) as found,
  (select coalesce(json_agg(s order by s.position), '[]') from (
    select position, step, ${utc('at')} as at, by, facts from payout_run_step where tenant = $1 and run = $2) s) as steps`;

const ITEMS = `
select ${POSITION} as position, (select coalesce(json_agg(x order by x.partner collate "C"), '[]') from (
  select i.item, i.partner, i.gross::text as gross, i.withheld::text as withheld, i.net::text as net, i.lines, i.replaces, i.state,
    jsonb_build_object('kind', i.method->'kind', 'display', i.method->'display', 'version', i.method->'version') as method,
    case when i.also_shared and not i.flags ? 'shared_account' then i.flags || '["shared_account"]' else i.flags end as flags,
    i.shared_with as "sharedWith", i.recent, i.faults, i.changed,
    i.settled_on as "settledOn", i.returned_on as "returnedOn"
  from payout_run_item i
  where i.tenant = $1 and i.run = $2 and i.partner collate "C" > $3
    and ($4::text is null or i.flags ? $4 or ($4 = 'shared_account' and i.also_shared)
      or ($4 = 'faulty' and jsonb_array_length(i.faults) > 0) or ($4 = 'changed' and i.changed is not null))
  order by i.partner collate "C" limit $5) x) as items`;

const DECLINED = `
select ${POSITION} as position, (select coalesce(json_agg(x order by x.partner collate "C"), '[]') from (
  select d.partner, d.reason, d.detail, d.payable::text as payable from payout_run_decline d
  where d.tenant = $1 and d.run = $2 and d.partner collate "C" > $3 and ($4::text is null or d.reason = $4)
  order by d.partner collate "C" limit $5) x) as items`;

@Injectable()
export class PayoutRuns {
  constructor(private readonly runtime: ServiceRuntime) {}

  /** The latest first. */
  async page(
    tenant: string,
    entity: string | null,
    after: readonly [Instant | 'infinity', string],
    limit: number,
  ): Promise<Page<RunShown>> {
    return await this.ask(LIST, [tenant, entity, ...after, limit]);
  }

  async find(
    tenant: string,
    run: string,
  ): Promise<{
    readonly position: bigint;
    readonly found: (RunShown & { readonly steps: readonly RunStepShown[] }) | null;
  }> {
    const { rows } = await this.runtime.database.query<{
      position: string;
      found: RunShown | null;
      steps: (RunStepShown & { position: number })[];
    }>(FIND, [tenant, run]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    const steps = row.steps.map(({ step, at, by, facts }) => ({ step, at, by, facts }));
    return { position: BigInt(row.position), found: row.found && { ...row.found, steps } };
  }

  async items(
    tenant: string,
    run: string,
    { only, after, limit }: { only: string | null; after: string; limit: number },
  ): Promise<Page<RunItemShown>> {
    return await this.ask(ITEMS, [tenant, run, after, only, limit]);
  }

  async declined(
    tenant: string,
    run: string,
    { only, after, limit }: { only: string | null; after: string; limit: number },
  ): Promise<Page<DeclineShown>> {
    return await this.ask(DECLINED, [tenant, run, after, only, limit]);
  }

  private async ask<T>(statement: string, values: unknown[]): Promise<Page<T>> {
    const { rows } = await this.runtime.database.query<{ position: string; items: T[] }>(
      statement,
      values,
    );
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    return { position: BigInt(row.position), items: row.items };
  }
}
