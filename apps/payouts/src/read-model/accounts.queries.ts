import { Injectable } from '@nestjs/common';
import type { CommissionKey, PartnerStatus } from '@tributary/contracts';
import { type Asset, type Instant, invariant } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import type { StatusStep } from '../domain/account/events';
import type { DeclineReason, DisputedLine, OfAccount } from '../domain/account/terms';
import { accountLines } from './account-lines.projection';
import { OPEN_LINES_NOW, OPEN_LINES_THEN, accountThen } from './accounts-then';
import { accounts } from './accounts.projection';
import { positionOf, utc } from './reading';

/** Minor units as text. */
export interface AccountShown extends OfAccount {
  readonly payable: string;
  /** By a run that has not instructed it yet. */
  readonly reserved: string;
  readonly disputed: string;
  readonly inFlight: string;
  readonly settled: string;
  readonly withheld: string;
  /** By the partner. */
  readonly owed: string;
  /** Of what is owed, the part that nobody expects to be repaid. */
  readonly allowance: string;
  readonly taken: string;
  readonly adjusted: string;
  readonly repaid: string;
  readonly writtenOff: string;
  /** payable + reserved + disputed + inFlight - owed. */
  readonly balance: string;
  readonly partnerStatus: PartnerStatus;
  /** Why the last run that asked got nothing. */
  readonly declined: {
    readonly run: string;
    readonly reason: DeclineReason;
    readonly detail: string;
    readonly at: Instant;
  } | null;
  readonly demanded: { readonly amount: string; readonly payBy: Instant } | null;
}

export interface OpenLine {
  readonly line: string;
  readonly key: CommissionKey | null;
  readonly programme: string;
  readonly plan: string | null;
  readonly window: string | null;
  readonly taken: string;
  readonly payable: string;
  readonly disputed: string;
  readonly reserved: string;
  /** What commission wants not to be paid of it. */
  readonly frozen: string;
  readonly since: Instant;
}

export interface AccountsAsked {
  readonly tenant: string;
  /** Nothing that stands behind it in the log; undefined: as of now. */
  readonly upTo: bigint | undefined;
  readonly partner?: string | undefined;
  readonly entity?: string | undefined;
  readonly asset?: string | undefined;
  readonly isOwing?: boolean | undefined;
  readonly after: readonly string[];
  readonly limit: number;
}

interface AccountRow extends Omit<AccountShown, 'balance' | 'demanded' | 'partnerStatus'> {
  readonly statuses:
    | readonly {
        readonly at: Instant;
        readonly status: StatusStep['status'];
      }[]
    | null;
  readonly demanded: string | null;
  readonly payBy: Instant | null;
}

const pageOf = (account: string): string => `
select ${positionOf(accounts)} as position, (select coalesce(json_agg(r order by r.partner, r.entity, r.asset), '[]') from (
  select partner, entity, asset, payable::text as payable, reserved::text as reserved, disputed::text as disputed,
    in_flight::text as "inFlight", settled::text as settled, withheld::text as withheld, owed::text as owed,
    allowance::text as allowance, taken::text as taken, adjusted::text as adjusted, repaid::text as repaid,
    written_off::text as "writtenOff", statuses, declined, demanded::text as demanded, ${utc('pay_by')} as "payBy"
  from ${account} a where tenant = $1 and ($2::text is null or partner = $2) and ($3::text is null or entity = $3)
    and ($4::text is null or asset = $4) and (not $5 or owed > 0)
    and (partner, entity, asset) > ($6, $7, $8) order by partner, entity, asset limit $9) r) as items`;

const PAGE = { now: pageOf('account'), then: pageOf(accountThen('$10')) };

const linesOf = (lines: string): string => `
select ${positionOf(accountLines)} as position, (select coalesce(json_agg(r order by r.since, r.line), '[]') from (
  select l.line, l.line_key as key, l.programme, l.plan, l.window_key as window, l.taken::text as taken,
    l.payable::text as payable, l.disputed::text as disputed, coalesce(l.reserved, 0)::text as reserved,
    coalesce(l.frozen, 0)::text as frozen, ${utc('l.since')} as since
  from ${lines} l where (l.since, l.line) > ($5::timestamptz, $6)
    and (l.payable <> 0 or l.disputed <> 0 or l.reserved <> 0)
  order by l.since, l.line limit $7) r) as items`;

const LINES = { now: linesOf(OPEN_LINES_NOW), then: linesOf(OPEN_LINES_THEN) };

const PLACES = `
select line, entity, asset, programme, plan, window_key as window from account_line
where tenant = $1 and partner = $2 and line = any($3) and plan is not null order by line, entity, asset`;

@Injectable()
export class Accounts {
  constructor(private readonly runtime: ServiceRuntime) {}

  async page(
    { tenant, partner, entity, asset, upTo, isOwing = false, after, limit }: AccountsAsked,
    on: Instant,
  ) {
    const [afterPartner = '', afterEntity = '', afterAsset = ''] = after;
    const values = [
      ...[tenant, partner ?? null, entity ?? null, asset ?? null, isOwing],
      ...[afterPartner, afterEntity, afterAsset, limit + 1],
    ];
    const { position, items } = await this.one<AccountRow>(PAGE, values, upTo);
    const shown = items.slice(0, limit);
    const last = items.length > limit ? shown.at(-1) : undefined;
    return {
      position,
      items: shown.map((row) => shownAs(row, on)),
      next: last === undefined ? null : ([last.partner, last.entity, last.asset] as const),
    };
  }

  async lines(
    tenant: string,
    { partner, entity, asset }: OfAccount,
    {
      upTo,
      after,
      limit,
    }: Pick<AccountsAsked, 'limit' | 'upTo'> & {
      readonly after: readonly [string, string] | null;
    },
  ) {
    const [since, line] = after ?? ['-infinity', ''];
    const values = [tenant, partner, entity, asset, since, line, limit + 1];
    const { position, items } = await this.one<OpenLine>(LINES, values, upTo);
    const shown = items.slice(0, limit);
    const last = items.length > limit ? shown.at(-1) : undefined;
    const next = last === undefined ? null : ([last.since, last.line] as const);
    return { position, items: shown, next };
  }

  /** Where lines of a partner belong, also when nothing of them is open any more. */
  async placesOf(
    tenant: string,
    partner: string,
    lines: readonly string[],
  ): Promise<readonly (DisputedLine & { readonly entity: string; readonly asset: Asset })[]> {
    const { rows } = await this.runtime.database.query<
      DisputedLine & { entity: string; asset: Asset }
    >(PLACES, [tenant, partner, [...lines]]);
    return rows;
  }

  private async one<T>(
    { now, then }: { readonly now: string; readonly then: string },
    values: readonly unknown[],
    upTo: bigint | undefined,
  ): Promise<{ readonly position: bigint; readonly items: readonly T[] }> {
    const { rows } = await this.runtime.database.query<{ position: string; items: T[] }>(
      upTo === undefined ? now : then,
      upTo === undefined ? [...values] : [...values, upTo],
    );
    const [row] = rows;
    invariant(row, 'a select without a table has a row');
    return { position: BigInt(row.position), items: row.items };
  }
}

function shownAs(row: AccountRow, on: Instant): AccountShown {
  const { statuses, demanded, payBy, ...sums } = row;
  const steps = (statuses ?? []).filter(({ at }) => at <= on);
  const { payable, reserved, disputed, inFlight, owed } = sums;
  const held = [payable, reserved, disputed, inFlight].reduce((sum, n) => sum + BigInt(n), 0n);
  return {
    ...sums,
    balance: String(held - BigInt(owed)),
    partnerStatus: steps.at(-1)?.status ?? 'active',
    demanded: demanded === null || payBy === null ? null : { amount: demanded, payBy },
  };
}
