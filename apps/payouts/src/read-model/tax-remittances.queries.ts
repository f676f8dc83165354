import { Injectable } from '@nestjs/common';
import {
  type Asset,
  type Day,
  type Instant,
  type Json,
  type Uuid,
  invariant,
} from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import type { OfTax } from '../domain/remittance/events';
import { positionOf, utc } from './reading';
import { taxRemittances } from './tax-remittances.projection';
import type { ProposalStatus } from './account-proposals.queries';

export interface RemittanceShown extends OfTax {
  readonly remittance: Uuid;
  readonly status: ProposalStatus;
  readonly tax: string;
  readonly month: string;
  /** Minor units, as text. */
  readonly amount: string;
  readonly offset: string;
  readonly paidOn: Day;
  readonly payingAccount: string | null;
  readonly reference: string;
  readonly evidence: Json;
  readonly proposedBy: string;
  readonly proposedAt: Instant;
  readonly decidedBy: string | null;
  /** The line of the bank that shows it, and the day of it. */
  readonly bankLine: string | null;
  readonly bookedOn: Day | null;
}

export interface RemittancesAsked {
  readonly tenant: string;
  readonly entity?: string | undefined;
  readonly month?: string | undefined;
  readonly status?: ProposalStatus | undefined;
  readonly after: readonly [string, string] | null;
  readonly limit: number;
}

const PAGE = `
select ${positionOf(taxRemittances)} as position,
  (select coalesce(json_agg(r order by r."proposedAt", r.remittance), '[]') from (
    select remittance, status, entity, asset, tax, rule, month, amount::text as amount, offset_amount::text as offset,
      paid_on as "paidOn", rail as "payingAccount", reference, evidence, proposed_by as "proposedBy",
      ${utc('proposed_at')} as "proposedAt", decided_by as "decidedBy", bank_line as "bankLine", booked_on as "bookedOn"
    from tax_remittance where tenant = $1 and ($2::text is null or entity = $2) and ($3::text is null or month = $3)
      and ($4::text is null or status = $4) and (proposed_at, remittance) > ($5::timestamptz, $6)
    order by proposed_at, remittance limit $7) r) as items`;

const ONE = `select entity, asset, rule from tax_remittance where tenant = $1 and remittance = $2`;

const VISIBLE_MS = 10_000;

@Injectable()
export class TaxRemittances {
  constructor(private readonly runtime: ServiceRuntime) {}

  async page({ tenant, entity, month, status, after, limit }: RemittancesAsked) {
    const [at, remittance] = after ?? ['-infinity', ''];
    const filter = [tenant, entity ?? null, month ?? null, status ?? null];
    const { rows } = await this.runtime.database.query<{
      position: string;
      items: RemittanceShown[];
    }>(PAGE, [...filter, at, remittance, limit + 1]);
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    const items = row.items.slice(0, limit);
    const last = row.items.length > limit ? items.at(-1) : undefined;
    const next = last === undefined ? null : ([last.proposedAt, last.remittance] as const);
    return { position: BigInt(row.position), items, next };
  }

  /** Of which tax it is, as soon as it is proposed: who has just done so is not told that it is unknown. */
  async taxOf(tenant: string, remittance: string): Promise<OfTax | undefined> {
    const find = async () => {
      const { rows } = await this.runtime.database.query<{
        entity: string;
        asset: Asset;
        rule: string;
      }>(ONE, [tenant, remittance]);
      return rows[0];
    };
    const found = await find();
    if (found !== undefined) return found;
    const head = await this.runtime.log.head();
    await this.runtime.feeds.waitUntil([taxRemittances.name], head, VISIBLE_MS);
    return await find();
  }
}
