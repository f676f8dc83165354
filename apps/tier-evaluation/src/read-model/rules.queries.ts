import { Injectable } from '@nestjs/common';
import { type Instant, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import type { RulesStep, TierRules } from '../domain/rules/content';
import { rules } from './rules.projection';
import { positionOf, utc } from './sql';

export interface RulesDraft {
  readonly hash: string;
  readonly content: TierRules;
  readonly effectiveFrom: Instant;
  readonly by: string;
}

export interface PublishedRules {
  readonly version: number;
  readonly hash: string;
  readonly content: TierRules;
  readonly effectiveFrom: Instant;
  readonly approvedAt: Instant;
  readonly draftedBy: string;
  readonly approvedBy: string;
}

export interface RulesFile {
  readonly track: string;
  readonly draft: RulesDraft | null;
  readonly versions: readonly PublishedRules[];
  readonly steps: readonly RulesStep[];
  readonly position: bigint;
}

const ONE = `select ${positionOf(rules)} as position,
  (select draft from tier_rules r where r.tenant = $1 and r.track = $2) as draft,
  (select coalesce(steps, '[]') from tier_rules r where r.tenant = $1 and r.track = $2) as steps,
  (select coalesce(json_agg(json_build_object('version', v.version, 'hash', v.hash, 'content', v.content,
      'effectiveFrom', ${utc('v.effective_from')}, 'approvedAt', ${utc('v.approved_at')},
      'draftedBy', v.drafted_by, 'approvedBy', v.approved_by) order by v.version), '[]')
     from tier_rules_version v where v.tenant = $1 and v.track = $2) as versions`;

interface Row {
  readonly position: string;
  readonly draft: RulesDraft | null;
  readonly steps: readonly RulesStep[] | null;
  readonly versions: readonly PublishedRules[];
}

/** The rules of a tenant, as they stand at a position of our log. */
@Injectable()
export class TierRulesRead {
  constructor(private readonly runtime: ServiceRuntime) {}

  async find(tenant: string, track: string): Promise<RulesFile> {
    const { rows } = await this.runtime.database.pool.query<Row>(ONE, [tenant, track]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    const { position, draft, steps, versions } = row;
    return { track, draft, versions, steps: steps ?? [], position: BigInt(position) };
  }
}
