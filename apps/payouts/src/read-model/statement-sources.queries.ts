import type { CommissionHold } from '@tributary/contracts';
import { type Projection, subscriptionOf } from '@tributary/feeds';
import type { Asset, Instant } from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import type { HeldPart, HoldsKnown } from '../domain/statement/holds';
import type { KnownItem } from '../domain/statement/movement-of';
import { ACCOUNTS_NOW, KNOWN_COLUMNS, type KnownRow, knownOf, knownTables } from './holds-known';
import { payoutHolds } from './holds.projection';
import { payoutRegister } from './registers.projection';
import { utc } from './reading';

export interface StatedAccount {
  readonly account: string;
  readonly partner: string;
  readonly entity: string;
  readonly asset: Asset;
  readonly openedAt: Instant;
}

const ACCOUNTS = `
select account, partner, entity, asset, ${utc('opened_at')} as "openedAt" from holds_account
where tenant = $1 and entity = $2 and opened_at is not null order by account`;

const NAMES = `
select (select name from known_entity where tenant = $1 and entity = $2) as entity,
  (select name from known_partner where tenant = $1 and partner = $3) as partner`;

const ZONE = `select zone from known_entity where tenant = $1 and entity = $2`;

const KNOWN = `select ${KNOWN_COLUMNS} from ${knownTables(ACCOUNTS_NOW)} where a.tenant = $1 and a.account = $2`;

const HELD = `
select sum(h.amount)::text as amount, array_agg(distinct h.line) as lines, ${utc('h.until')} as until,
  coalesce(l.holds, '[]') || coalesce(w.holds, '[]') as holds
from held_commission h
  left join held_line l on l.tenant = h.tenant and l.line = h.line
  left join held_window w on w.tenant = h.tenant and w.partner = h.partner and w.plan = h.plan and w.window_key = h.window_key
where h.tenant = $1 and h.partner = $2 and h.entity = $3 and h.asset = $4 and h.amount <> 0
group by h.until, 4 order by h.until, 4`;

const HELD_IN = `
select distinct entity, asset from held_commission
where tenant = $1 and partner = $2 and amount <> 0 order by entity, asset`;

const ITEMS = `
select item, method_display as "to", replaces from payout_item where tenant = $1 and item = any($2)`;

const POSITIONS = `select name, position from subscription where name = any($1)`;

/** Everything that a statement shows besides the events of its account. */
export class StatementSources {
  constructor(private readonly database: Pick<Database, 'query'>) {}

  /** Whether what it reads of our own log shows everything up to there. */
  async show(position: bigint): Promise<boolean> {
    const names = [payoutHolds, payoutRegister].map((each: Projection) => subscriptionOf(each));
    const { rows } = await this.database.query<{ position: string }>(POSITIONS, [names]);
    return rows.length === names.length && rows.every((row) => BigInt(row.position) >= position);
  }

  async accountsOf(tenant: string, entity: string): Promise<readonly StatedAccount[]> {
    const { rows } = await this.database.query<StatedAccount>(ACCOUNTS, [tenant, entity]);
    return rows;
  }

  async zoneOf(tenant: string, entity: string): Promise<string | undefined> {
    const { rows } = await this.database.query<{ zone: string }>(ZONE, [tenant, entity]);
    return rows[0]?.zone;
  }

  /** Who has no name is shown by its id. */
  async namesOf(
    tenant: string,
    { entity, partner }: Pick<StatedAccount, 'entity' | 'partner'>,
  ): Promise<{ readonly entityName: string; readonly partnerName: string }> {
    const { rows } = await this.database.query<{ entity: string | null; partner: string | null }>(
      NAMES,
      [tenant, entity, partner],
    );
    return { entityName: rows[0]?.entity ?? entity, partnerName: rows[0]?.partner ?? partner };
  }

  async holdsOf(tenant: string, account: string): Promise<HoldsKnown | undefined> {
    const { rows } = await this.database.query<KnownRow>(KNOWN, [tenant, account]);
    return rows[0] && knownOf(rows[0]);
  }

  async heldBy(
    tenant: string,
    { partner, entity, asset }: Pick<StatedAccount, 'asset' | 'entity' | 'partner'>,
  ): Promise<readonly HeldPart[]> {
    const { rows } = await this.database.query<{
      amount: string;
      lines: readonly string[];
      until: Instant;
      holds: readonly CommissionHold[];
    }>(HELD, [tenant, partner, entity, asset]);
    return rows.map((row) => ({ ...row, amount: BigInt(row.amount) }));
  }

  /** The books and currencies in which commission holds something of a partner, whether it has an account there or not. */
  async heldIn(
    tenant: string,
    partner: string,
  ): Promise<readonly Pick<StatedAccount, 'asset' | 'entity'>[]> {
    const { rows } = await this.database.query<Pick<StatedAccount, 'asset' | 'entity'>>(HELD_IN, [
      tenant,
      partner,
    ]);
    return rows;
  }

  async items(tenant: string, items: readonly string[]): Promise<ReadonlyMap<string, KnownItem>> {
    if (items.length === 0) return new Map();
    const { rows } = await this.database.query<KnownItem & { item: string }>(ITEMS, [
      tenant,
      items,
    ]);
    return new Map(rows.map(({ item, to, replaces }) => [item, { to, replaces }]));
  }
}
