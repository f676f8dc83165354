import { Injectable } from '@nestjs/common';
import { DEFAULT_PROGRAMME } from '@tributary/contracts';
import { type Instant, type Json, type Uuid, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import type { OfAccount } from '../domain/account/terms';
import { accountProposals } from './account-proposals.projection';
import { positionOf, utc } from './reading';

export const PROPOSAL_STATUSES = ['proposed', 'approved', 'withdrawn'] as const;
export type ProposalStatus = (typeof PROPOSAL_STATUSES)[number];
export type ProposalKind = 'adjustment' | 'write_off';

export interface ProposalShown extends OfAccount {
  readonly proposal: Uuid;
  readonly status: ProposalStatus;
  readonly programme: string | null;
  readonly amount: string;
  readonly reason: string;
  readonly evidence: Json;
  readonly proposedBy: string;
  readonly proposedAt: Instant;
  readonly decidedBy: string | null;
  readonly decidedAt: Instant | null;
}

export interface ProposalsAsked {
  readonly tenant: string;
  readonly kind: ProposalKind;
  readonly partner?: string | undefined;
  readonly status?: ProposalStatus | undefined;
  readonly after: readonly [string, string] | null;
  readonly limit: number;
}

const PAGE = `
select ${positionOf(accountProposals)} as position,
  (select coalesce(json_agg(r order by r."proposedAt", r.proposal), '[]') from (
    select proposal, status, partner, entity, asset, programme, amount::text as amount, reason, evidence,
      proposed_by as "proposedBy", ${utc('proposed_at')} as "proposedAt", decided_by as "decidedBy",
      ${utc('decided_at')} as "decidedAt"
    from account_proposal where tenant = $1 and kind = $2 and ($3::text is null or partner = $3)
      and ($4::text is null or status = $4) and (proposed_at, proposal) > ($5::timestamptz, $6)
    order by proposed_at, proposal limit $7) r) as items`;

const ONE = `select partner, entity, asset from account_proposal where tenant = $1 and proposal = $2 and kind = $3`;

/** Registered, or known by the account that somebody has there; who has created no entity has the one of the default. */
const NAMED = `
select exists (select from known_partner where tenant = $1 and partner = $2)
    or exists (select from account where tenant = $1 and partner = $2) as partner,
  $3 = '${DEFAULT_PROGRAMME.entity}' or exists (select from known_entity where tenant = $1 and entity = $3)
    or exists (select from account where tenant = $1 and entity = $3) as entity`;

@Injectable()
export class AccountProposals {
  constructor(private readonly runtime: ServiceRuntime) {}

  async page({ tenant, kind, partner, status, after, limit }: ProposalsAsked) {
    const [at, proposal] = after ?? ['-infinity', ''];
    const values = [tenant, kind, partner ?? null, status ?? null, at, proposal, limit + 1];
    const { rows } = await this.runtime.database.query<{
      position: string;
      items: ProposalShown[];
    }>(PAGE, values);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    const items = row.items.slice(0, limit);
    const last = row.items.length > limit ? items.at(-1) : undefined;
    const next = last === undefined ? null : ([last.proposedAt, last.proposal] as const);
    return { position: BigInt(row.position), items, next };
  }

  /** Which of both names stands for somebody. */
  async named(
    tenant: string,
    { partner, entity }: Pick<OfAccount, 'entity' | 'partner'>,
  ): Promise<Readonly<Record<'entity' | 'partner', boolean>>> {
    const { rows } = await this.runtime.database.query<Record<'entity' | 'partner', boolean>>(
      NAMED,
      [tenant, partner, entity],
    );
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    return row;
  }

  /** Whose it is, as soon as it is anybody's: who has just proposed it is not told that it is unknown. */
  async accountOf(
    tenant: string,
    proposal: string,
    kind: ProposalKind,
  ): Promise<OfAccount | undefined> {
    const find = async () => {
      const { rows } = await this.runtime.database.query<OfAccount>(ONE, [tenant, proposal, kind]);
      return rows[0];
    };
    const found = await find();
    if (found !== undefined) return found;
    const head = await this.runtime.log.head();
    await this.runtime.feeds.waitUntil([accountProposals.name], head, 10_000);
    return await find();
  }
}
