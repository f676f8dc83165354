import { Injectable } from '@nestjs/common';
import type { Asset, Instant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import type { StatementHold } from '../domain/statement/events';
import { accountHolds, commissionHolds } from '../domain/statement/holds';
import {
  ACCOUNTS_NOW,
  KNOWN_COLUMNS,
  type KnownRow,
  accountsThen,
  knownOf,
  knownTables,
} from './holds-known';
import { payoutHolds } from './holds.projection';
import { positionOf } from './reading';
import { StatementSources } from './statement-sources.queries';

export interface HeldAccount {
  readonly account: string;
  readonly partner: string;
  readonly entity: string;
  readonly asset: Asset;
  /** Minor units. */
  readonly payable: string;
  readonly disputed: string;
  readonly owed: string;
  readonly holds: readonly StatementHold[];
}

export interface HeldByReason {
  readonly entity: string;
  readonly asset: Asset;
  readonly reason: StatementHold['reason'];
  readonly accounts: number;
  /** An account that is held for two reasons counts under both. */
  readonly amount: string;
}

type Found = KnownRow & Omit<HeldAccount, 'disputed' | 'holds' | 'payable'>;

const accountsIn = (accounts: string): string => `
select ${KNOWN_COLUMNS}, a.account, a.partner, a.entity, a.asset, a.owed::text
from ${knownTables(accounts)}
where a.tenant = $1 and ($2::text is null or a.entity = $2) and ($3::text is null or a.partner = $3)
  and (a.payable <> 0 or a.disputed <> 0 or $3::text is not null) and a.account > $4 order by a.account limit $5`;

const ACCOUNTS = accountsIn(ACCOUNTS_NOW);
const ACCOUNTS_THEN = accountsIn(accountsThen('$6'));

const POSITION = `select ${positionOf(payoutHolds)} as position`;

/** Accounts of which one statement tells. */
const AT_ONCE = 2_000;

interface Asked {
  readonly tenant: string;
  readonly entity: string | undefined;
  readonly reason: StatementHold['reason'] | undefined;
  readonly on: Instant;
  /** Nothing that stands behind it in the log; undefined: as of now. */
  readonly upTo: bigint | undefined;
}

type PartnerAsked = Pick<Asked, 'on' | 'tenant' | 'upTo'> & { readonly partner: string };

export interface HeldOfPartner extends Omit<HeldAccount, 'account'> {
  /** Null where commission holds something and nothing has been released yet: the first release opens it. */
  readonly account: string | null;
  /** What commission has not released; its own log says what that was earlier, so that only now is told here. */
  readonly commission: readonly StatementHold[] | null;
}

@Injectable()
export class PayoutHolds {
  private readonly sources: StatementSources;

  constructor(private readonly runtime: ServiceRuntime) {
    this.sources = new StatementSources(runtime.database);
  }

  async page(
    asked: Asked,
    { after, limit }: { readonly after: string; readonly limit: number },
  ): Promise<{
    readonly position: bigint;
    readonly items: readonly HeldAccount[];
    readonly next: string | null;
  }> {
    const position = await this.position();
    const items: HeldAccount[] = [];
    for await (const held of this.held(asked, after)) {
      if (items.length === limit) return { position, items, next: items.at(-1)?.account ?? null };
      items.push(held);
    }
    return { position, items, next: null };
  }

  async totals(asked: Asked): Promise<readonly HeldByReason[]> {
    const sums = new Map<string, HeldByReason>();
    for await (const { entity, asset, payable, holds } of this.held(asked, ''))
      for (const { reason, amount } of holds) {
        const name = `${entity} ${asset} ${reason}`;
        const so = sums.get(name) ?? { entity, asset, reason, accounts: 0, amount: '0' };
        const sum = BigInt(so.amount) + BigInt(amount ?? payable);
        sums.set(name, { ...so, accounts: so.accounts + 1, amount: String(sum) });
      }
    return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
  }

  /** Every account of a partner, held or not, with what commission has not released of it; also where it has released nothing yet. */
  async ofPartner({ tenant, partner, on, upTo }: PartnerAsked): Promise<{
    readonly position: bigint;
    readonly accounts: readonly HeldOfPartner[];
  }> {
    const position = await this.position();
    const accounts: HeldOfPartner[] = [];
    for (const row of await this.found(tenant, [null, partner], { after: '', upTo })) {
      const account = heldOf(row, on);
      const commission =
        upTo === undefined ? commissionHolds(await this.sources.heldBy(tenant, account), on) : null;
      accounts.push({ ...account, commission });
    }
    if (upTo === undefined)
      accounts.push(...(await this.unopened(tenant, { partner, on }, accounts)));
    return { position, accounts };
  }

  /** Where commission holds something and no account is there to tell of it. */
  private async unopened(
    tenant: string,
    { partner, on }: Pick<PartnerAsked, 'on' | 'partner'>,
    opened: readonly HeldOfPartner[],
  ): Promise<readonly HeldOfPartner[]> {
    const found: HeldOfPartner[] = [];
    for (const { entity, asset } of await this.sources.heldIn(tenant, partner)) {
      if (opened.some((each) => each.entity === entity && each.asset === asset)) continue;
      const parts = await this.sources.heldBy(tenant, { partner, entity, asset });
      const commission = commissionHolds(parts, on);
      if (commission.length === 0) continue;
      const nothing = { payable: '0', disputed: '0', owed: '0', holds: [] };
      found.push({ account: null, partner, entity, asset, ...nothing, commission });
    }
    return found;
  }

  private async *held(
    { tenant, entity, reason, on, upTo }: Asked,
    after: string,
  ): AsyncGenerator<HeldAccount> {
    let beyond = after;
    for (;;) {
      const rows = await this.found(tenant, [entity ?? null, null], { after: beyond, upTo });
      for (const row of rows) {
        const account = heldOf(row, on);
        const holds = account.holds.filter((hold) => (reason ?? hold.reason) === hold.reason);
        if (holds.length > 0) yield { ...account, holds };
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < AT_ONCE) return;
      beyond = last.account;
    }
  }

  private async found(
    tenant: string,
    filter: readonly [entity: string | null, partner: string | null],
    { after, upTo }: { readonly after: string; readonly upTo: bigint | undefined },
  ): Promise<readonly Found[]> {
    const values = [tenant, ...filter, after, AT_ONCE];
    const [statement, asked] =
      upTo === undefined ? [ACCOUNTS, values] : [ACCOUNTS_THEN, [...values, upTo]];
    return (await this.runtime.database.query<Found>(statement, asked)).rows;
  }

  private async position(): Promise<bigint> {
    const { rows } = await this.runtime.database.query<{ position: string }>(POSITION);
    return BigInt(rows[0]?.position ?? 0);
  }
}

function heldOf(row: Found, on: Instant): HeldAccount {
  const { account, partner, entity, asset, payable, disputed, owed } = row;
  const holds = accountHolds(knownOf(row), on);
  return { account, partner, entity, asset, payable, disputed, owed, holds };
}
