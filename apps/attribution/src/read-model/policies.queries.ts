import { Injectable } from '@nestjs/common';
import { subscriptionOf } from '@tributary/feeds';
import { type Instant, type Json, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import type { PolicyContent, PolicyStep } from '../domain/policy/policy-content';
import { policies } from './policies.projection';

export interface PolicyDraft {
  readonly hash: string;
  readonly content: PolicyContent;
  readonly effectiveFrom: Instant;
  readonly by: string;
}

export interface PublishedVersion {
  readonly version: number;
  readonly hash: string;
  readonly content: PolicyContent;
  readonly effectiveFrom: Instant;
  readonly approvedAt: Instant;
  readonly draftedBy: string;
  readonly approvedBy: string;
}

/** A programme's policy in a list: what waits, and how many versions there are. */
export interface PolicySummary {
  readonly policy: string;
  readonly draft: PolicyDraft | null;
  readonly versions: number;
}

export interface PolicyShown extends Omit<PolicySummary, 'versions'> {
  readonly versions: readonly PublishedVersion[];
  readonly steps: readonly PolicyStep[];
}

export interface PolicyPage {
  readonly items: readonly PolicySummary[];
  /** Hand it back as `after`; null on the last page. */
  readonly next: string | null;
  readonly position: bigint;
}

// In the statement that reads the rows, so that an answer never claims more than it shows.
const POSITION = `(select coalesce(max(position), 0) from subscription where name = '${subscriptionOf(policies)}')`;

const PAGE = `select ${POSITION} as position, coalesce(json_agg(r order by r.policy), '[]') as items from (
  select p.policy, p.draft,
    (select count(*)::int from policy_version v where v.tenant = p.tenant and v.policy = p.policy) as versions
  from policy p where p.tenant = $1 and p.policy > $2 order by p.policy limit $3) r`;

const utc = (column: string): string =>
  `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const ONE = `select ${POSITION} as position, (select to_json(r) from (
  select p.policy, p.draft, coalesce(p.steps, '[]') as steps,
    (select coalesce(json_agg(json_build_object('version', v.version, 'hash', v.hash, 'content', v.content,
      'effectiveFrom', ${utc('v.effective_from')}, 'approvedAt', ${utc('v.approved_at')},
      'draftedBy', v.drafted_by, 'approvedBy', v.approved_by) order by v.version), '[]')
     from policy_version v where v.tenant = p.tenant and v.policy = p.policy) as versions
  from policy p where p.tenant = $1 and p.policy = $2) r) as item`;

/** The policies of a tenant, as they stand at a position of our log. */
@Injectable()
export class Policies {
  constructor(private readonly runtime: ServiceRuntime) {}

  async page(tenant: string, after: string, limit: number): Promise<PolicyPage> {
    const { items, position } = await this.one<PolicySummary[]>(PAGE, [tenant, after, limit + 1]);
    const shown = items.slice(0, limit);
    const next = items.length > limit ? (shown.at(-1)?.policy ?? null) : null;
    return { items: shown, next, position };
  }

  async find(
    tenant: string,
    policy: string,
  ): Promise<{ readonly found: PolicyShown | null; readonly position: bigint }> {
    const { item, position } = await this.one<PolicyShown | null, 'item'>(ONE, [tenant, policy]);
    return { found: item, position };
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
