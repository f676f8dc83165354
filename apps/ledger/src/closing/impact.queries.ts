import type { Asset, PeriodKey } from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import { type Sums, sumsOf } from '../read-model/balances.queries';
import { legsOf } from '../read-model/legs';
import { Parameters } from '../read-model/sql';
import type { Standpoint } from '../read-model/standpoints';

/** What a month took in that was earned in an earlier one, which was closed. */
export interface PriorImpact extends Sums {
  readonly earnedIn: PeriodKey;
  readonly asset: Asset;
  readonly account: string;
}

/** Debit less credit: opening + own + prior = closing, and closing is the trial balance of the month. */
export interface AccountImpact {
  readonly asset: Asset;
  readonly account: string;
  readonly opening: bigint;
  readonly own: bigint;
  readonly prior: bigint;
  readonly closing: bigint;
}

interface Row {
  readonly asset: Asset;
  readonly account: string;
  readonly part: 'opening' | 'own' | 'prior';
  readonly earnedIn: PeriodKey | null;
  readonly debit: string;
  readonly credit: string;
}

const NOTHING = { opening: 0n, own: 0n, prior: 0n, closing: 0n };

export class PriorImpacts {
  constructor(private readonly database: Database) {}

  async of(
    standpoint: Standpoint,
    entity: string,
    month: PeriodKey,
  ): Promise<{
    readonly items: readonly PriorImpact[];
    readonly accounts: readonly AccountImpact[];
  }> {
    const sql = new Parameters();
    const legs = legsOf(standpoint, { entity, period: month }, sql);
    const own = sql.bind(month);
    const { rows } = await this.database.query<Row>(
      `select asset, account, part, "earnedIn", sum(debit)::text as debit, sum(credit)::text as credit
       from (select asset, account, debit, credit, case when period = ${own} then earned_in end as "earnedIn",
           case when period < ${own} collate "C" then 'opening' when earned_in is null then 'own' else 'prior' end as part
         from ${legs} l) l
       group by 1, 2, 3, 4 order by "earnedIn" collate "C", asset collate "C", account collate "C"`,
      sql.values,
    );
    const items = rows.flatMap(({ part, earnedIn, asset, account, ...sums }) =>
      part === 'prior' && earnedIn !== null ? [{ earnedIn, asset, account, ...sumsOf(sums) }] : [],
    );
    return { items, accounts: accountsOf(rows) };
  }
}

function accountsOf(rows: readonly Row[]): AccountImpact[] {
  const accounts = new Map<string, AccountImpact>();
  for (const { asset, account, part, ...sums } of rows) {
    const name = `${asset} ${account}`;
    const so = accounts.get(name) ?? { asset, account, ...NOTHING };
    const { balance } = sumsOf(sums);
    accounts.set(name, { ...so, [part]: so[part] + balance, closing: so.closing + balance });
  }
  return [...accounts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, account]) => account);
}
