import { Inject, Injectable } from '@nestjs/common';
import type { Asset, PeriodKey } from '@tributary/kernel';
import { ServiceRuntime } from '@tributary/platform';
import type { Turnover } from '../domain/roll-forward';
import { NOT_OWED, OWED } from '../domain/roll-forward';
import { cursorOf, readCursor } from './cursor';
import { type LegFilter, legsOf } from './legs';
import { Parameters } from './sql';
import type { Standpoint } from './standpoints';
import { SUMMED, isSummed, turnoverOf } from './turnover';

export const GROUPS = [
  'entity',
  'asset',
  'account',
  'programme',
  'partner',
  'plan',
  'country',
  'bank',
] as const;
export type Group = (typeof GROUPS)[number];

/** Both sides, and debit less credit. */
export interface Sums {
  readonly debit: bigint;
  readonly credit: bigint;
  readonly balance: bigint;
}
export interface Balance extends Sums, Readonly<Partial<Record<Group, string | null>>> {}

export interface AccountBalance extends Sums {
  readonly entity: string;
  readonly asset: Asset;
  readonly account: string;
}

interface SumsRow {
  readonly debit: string;
  readonly credit: string;
}

const SUMS = 'sum(debit)::text as debit, sum(credit)::text as credit';

@Injectable()
export class Balances {
  constructor(@Inject(ServiceRuntime) private readonly runtime: Pick<ServiceRuntime, 'database'>) {}

  /** Every account of every entity and asset. */
  async byAccount(standpoint: Standpoint, filter: LegFilter): Promise<AccountBalance[]> {
    const sql = new Parameters();
    const rows = await this.rows<SumsRow & Omit<AccountBalance, keyof Sums>>(
      `select entity, asset, account, ${SUMS} from ${summedOrLegsOf(standpoint, filter, sql)} l
       group by 1, 2, 3 order by entity collate "C", asset collate "C", account collate "C"`,
      sql,
    );
    return rows.map((row) => ({ ...row, ...sumsOf(row) }));
  }

  async page(
    standpoint: Standpoint,
    filter: LegFilter,
    groups: readonly Group[],
    { limit, after }: { readonly limit: number; readonly after?: string | undefined },
  ): Promise<{ readonly items: Balance[]; readonly next: string | null }> {
    const sql = new Parameters();
    const legs = groups.every((group) => SUMMED.includes(group))
      ? summedOrLegsOf(standpoint, filter, sql)
      : legsOf(standpoint, filter, sql);
    // No dimension is an empty text, so that one stands for none of it.
    const keys = groups.map((group) => `coalesce(${group}, '') collate "C"`).join(', ');
    const cursor =
      after === undefined
        ? undefined
        : readCursor(
            after,
            groups.map(() => /^/),
          );
    const beyond = cursor?.keys.map((key) => sql.bind(key)).join(', ');
    const rows = await this.rows<SumsRow & Readonly<Partial<Record<Group, string | null>>>>(
      `select ${groups.join(', ')}, ${SUMS} from ${legs} l
       ${beyond === undefined ? '' : `where (${keys}) > (${beyond})`}
       group by ${groups.join(', ')} order by ${keys} limit ${sql.bind(limit + 1, 'int')}`,
      sql,
    );
    const items = rows.slice(0, limit).map((row) => ({ ...row, ...sumsOf(row) }));
    const last = rows.length > limit ? items.at(-1) : undefined;
    const next = last && {
      position: standpoint.position,
      keys: groups.map((group) => last[group] ?? ''),
    };
    return { items, next: next ? cursorOf(next) : null };
  }

  /** By accounting period, of the entries alone that changed what is owed to partners. */
  async turnovers(
    standpoint: Standpoint,
    through: PeriodKey,
    filter: Pick<LegFilter, 'asset' | 'entity'>,
  ): Promise<Turnover[]> {
    const sql = new Parameters();
    const legs = legsOf(standpoint, { ...filter, period: through }, sql);
    const isBelow = (name: string): string => {
      const top = sql.bind(name);
      return `(account = ${top} or starts_with(account, ${top} || ':'))`;
    };
    const owed = OWED.map(isBelow).join(' or ');
    const rows = await this.rows<SumsRow & Omit<Turnover, keyof Sums>>(
      `with legs as materialized (select * from ${legs} l),
         touching as (select distinct position, entity, asset from legs
           where (${owed}) and not ${isBelow(NOT_OWED)})
       select entity, asset, period, account, ${SUMS} from legs join touching using (position, entity, asset)
       group by 1, 2, 3, 4 order by entity collate "C", asset collate "C", period collate "C", account collate "C"`,
      sql,
    );
    return rows.map((row) => ({ ...row, ...sumsOf(row) }));
  }

  private async rows<R extends object>(text: string, { values }: Parameters): Promise<R[]> {
    return (await this.runtime.database.pool.query<R>(text, values)).rows;
  }
}

const summedOrLegsOf = (standpoint: Standpoint, filter: LegFilter, sql: Parameters): string =>
  isSummed(filter) ? turnoverOf(standpoint, filter, sql) : legsOf(standpoint, filter, sql);

/** Sums leave the range of a column, so they travel as text. */
export function sumsOf({ debit, credit }: SumsRow): Sums {
  const [debits, credits] = [BigInt(debit), BigInt(credit)];
  return { debit: debits, credit: credits, balance: debits - credits };
}
