import type { PeriodKey } from '@tributary/kernel';
import type { Database } from '@tributary/postgres';
import type { TaxOfItem } from '../domain/remittance/covered';
import type { LastSeen } from '../domain/remittance/commands';
import type { OfTax } from '../domain/remittance/events';
import { positionOf } from './reading';
import { withholding } from './withholding.projection';

type Reading = Pick<Database, 'query'>;

export interface TaxAsked extends OfTax {
  readonly tenant: string;
  /** What stands behind it in the log is left out: the same question has the same answer wherever the register stands there or beyond. */
  readonly upTo: bigint;
}

export interface MonthAsked extends TaxAsked {
  readonly month: PeriodKey;
  readonly zone: string;
}

// Named by the month in which it was instructed last, and by nothing that came back since.
const OWED = `with named as (
  select distinct stream, item from withholding_move
  where tenant = $1 and entity = $2 and asset = $3 and rule = $4 and kind = 'PayoutInstructed' and position <= $5
    and at >= ($6 || '-01')::timestamp at time zone $7
    and at < (($6 || '-01')::timestamp + interval '1 month') at time zone $7
), summed as (
  select m.item, m.partner, sum(m.withheld - m.remitted) as amount,
    to_char(max(m.at) filter (where m.kind = 'PayoutInstructed') at time zone $7, 'YYYY-MM') as month,
    max(m.position) filter (where m.kind = 'PayoutInstructed') as place
  from named n join withholding_move m on m.tenant = $1 and m.stream = n.stream and m.item = n.item and m.rule = $4
  where m.position <= $5 group by m.item, m.partner)
select partner, item, amount::text as amount from summed where month = $6 and amount > 0 order by place, item`;

const RECOVERABLE = `with named as (
  select distinct stream, item from withholding_move
  where tenant = $1 and entity = $2 and asset = $3 and rule = $4 and recoverable <> 0 and position <= $5
), summed as (
  select m.item, m.partner, sum(m.recoverable - m.recovered) as amount, min(m.position) filter (where m.recoverable <> 0) as place
  from named n join withholding_move m on m.tenant = $1 and m.stream = n.stream and m.item = n.item and m.rule = $4
  where m.position <= $5 group by m.item, m.partner)
select partner, item, amount::text as amount from summed where amount > 0 order by place, item`;

const LAST = `select l.remittance, coalesce(sum(m.remitted), 0)::text as remitted, coalesce(sum(m.recovered), 0)::text as recovered
from (select remittance from tax_remitted
  where tenant = $1 and entity = $2 and asset = $3 and rule = $4 and position <= $5 order by position desc limit 1) l
left join withholding_move m on m.tenant = $1 and m.remittance = l.remittance and m.position <= $5
group by l.remittance`;

const TAX = `select tax from withholding_move
where tenant = $1 and entity = $2 and asset = $3 and rule = $4 and position <= $5 order by position desc limit 1`;

const keyOf = ({ tenant, entity, asset, rule, upTo }: TaxAsked) => [
  tenant,
  entity,
  asset,
  rule,
  upTo,
];

/** Items of a month whose tax the authority has not got, in the order in which they were instructed. */
export async function taxOwed(database: Reading, asked: MonthAsked): Promise<readonly TaxOfItem[]> {
  const values = [...keyOf(asked), asked.month, asked.zone];
  return (await database.query<TaxOfItem>(OWED, values)).rows;
}

/** Items that came back after their tax was remitted, in the order in which they did. */
export const taxRecoverable = async (
  database: Reading,
  asked: TaxAsked,
): Promise<readonly TaxOfItem[]> =>
  (await database.query<TaxOfItem>(RECOVERABLE, keyOf(asked))).rows;

/** Of the last remittance, what its items have heard of it. */
export const lastRemittance = async (
  database: Reading,
  asked: TaxAsked,
): Promise<LastSeen | null> => (await database.query<LastSeen>(LAST, keyOf(asked))).rows[0] ?? null;

/** The tax that a rule has kept back; undefined where it has kept nothing back. */
export const taxOfRule = async (database: Reading, asked: TaxAsked): Promise<string | undefined> =>
  (await database.query<{ tax: string }>(TAX, keyOf(asked))).rows[0]?.tax;

export async function registerPosition(database: Reading): Promise<bigint> {
  const sql = `select ${positionOf(withholding)} as position`;
  const { rows } = await database.query<{ position: string }>(sql, []);
  return BigInt(rows[0]?.position ?? 0);
}

export const sumOfTax = (items: readonly TaxOfItem[]): bigint =>
  items.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
