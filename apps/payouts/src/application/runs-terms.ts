import type { EventLog } from '@tributary/event-log';
import { DEFAULT_PROGRAMME } from '@tributary/contracts';
import {
  type Asset,
  type Day,
  type Instant,
  type Uuid,
  dayOf,
  shiftPeriodKey,
  startOfDay,
} from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import type { RunDrafted } from '../domain/run/events';
import type { PayingAccountSettings } from '../domain/rail/file-events';
import { type PayoutPolicy, minimumOf, policyAt } from '../domain/run/policy';
import { loadSettings } from './files';
import { readPolicies } from './runs-policies';
import { rulesInForce } from './withholding';

export interface Payer {
  readonly tenant: string;
  readonly entity: string;
  readonly asset: Asset;
}

const ZONE = `
select coalesce(
  (select zone from payer_entity where tenant = $1 and entity = $2),
  (select zone from payer_account where tenant = $1 and entity = $2 order by rail limit 1)) as zone`;

const RAILS = `select rail from payer_account where tenant = $1 and entity = $2 and asset = $3 order by rail limit 2`;

const PAYERS = `
select entity, asset, min(since) as since from payout_candidate where tenant = $1 and payable > 0
group by entity, asset order by entity, asset`;

/** By what a run is drafted: everything here is pinned by its first event and never asked again. */
export class RunTerms {
  constructor(
    private readonly log: EventLog,
    private readonly database: Database,
  ) {}

  /** Who has created no entity keeps the books in the zone of the account that pays. */
  async zoneOf({ tenant, entity }: Pick<Payer, 'entity' | 'tenant'>): Promise<string> {
    const { rows } = await this.database.query<{ zone: string | null }>(ZONE, [tenant, entity]);
    return rows[0]?.zone ?? DEFAULT_PROGRAMME.zone;
  }

  async policyOf(
    { tenant, entity }: Pick<Payer, 'entity' | 'tenant'>,
    at: Instant,
  ): Promise<PayoutPolicy> {
    return policyAt((await readPolicies(this.log, tenant, entity)).policies, at);
  }

  async draftOf(
    payer: Payer,
    of: {
      readonly run: Uuid;
      readonly kind: 'monthly' | 'on_demand';
      readonly period: string | null;
      readonly payOn: Day;
      readonly partners: readonly string[] | null;
      readonly by: string;
    },
  ): Promise<RunDrafted['data']> {
    const { tenant, entity, asset } = payer;
    const zone = await this.zoneOf(payer);
    const payAt = startOfDay(of.payOn, zone);
    const policy = await this.policyOf(payer, payAt);
    const rules = await rulesInForce(this.log, { tenant, entity, payAt });
    return {
      ...of,
      entity,
      asset,
      zone,
      payAt,
      minimum: minimumOf(policy, asset),
      dueDays: policy.dueDays,
      payingAccount: await this.railOf(payer, policy.payingAccounts[asset]),
      rules,
    };
  }

  /** To whom money is owed by any entity, and since when. */
  async payers(
    tenant: string,
  ): Promise<readonly { readonly entity: string; readonly asset: Asset; readonly since: Date }[]> {
    const { rows } = await this.database.query<{ entity: string; asset: Asset; since: Date }>(
      PAYERS,
      [tenant],
    );
    return rows;
  }

  /** An account that nobody has registered, or of another entity or currency, pays nothing: without one the run is not approved. */
  private async railOf(payer: Payer, named: string | undefined): Promise<string | null> {
    if (named === undefined) return await this.onlyRailOf(payer);
    const settings = await loadSettings(this.log, payer.tenant, named);
    return settings !== undefined && isOfPayer(settings, payer) ? named : null;
  }

  /** Where there is one account to pay from, nobody has to name it. */
  private async onlyRailOf({ tenant, entity, asset }: Payer): Promise<string | null> {
    const { rows } = await this.database.query<{ rail: string }>(RAILS, [tenant, entity, asset]);
    return rows.length === 1 ? (rows[0]?.rail ?? null) : null;
  }
}

export const isOfPayer = (
  settings: Pick<PayingAccountSettings, 'asset' | 'entity'>,
  { entity, asset }: Pick<Payer, 'asset' | 'entity'>,
): boolean => settings.entity === entity && settings.asset === asset;

/** The last day, not after `at`, on which a monthly run was to be drafted, and the month that it pays for. */
export function scheduledBefore(
  at: Instant,
  zone: string,
  runDay: number,
): { readonly day: Day; readonly period: string } {
  const today = dayOf(at, zone);
  const month = today.slice(0, 7);
  const of = Number(today.slice(8)) >= runDay ? month : shiftPeriodKey(month, -1);
  return { day: `${of}-${String(runDay).padStart(2, '0')}`, period: shiftPeriodKey(of, -1) };
}
