import type { Instant } from '@tributary/kernel';
import { blockOf, dayKeyOf, startOfBlock } from './cells';
import { type LegFilter, below, conditionsOf, endFor } from './legs';
import type { Parameters } from './sql';
import type { Standpoint } from './standpoints';

/** By what legs are added up beforehand; every other question is answered from the legs themselves. */
export const SUMMED: readonly string[] = ['entity', 'asset', 'account'];

type SummedFilter = Pick<LegFilter, 'account' | 'asset' | 'before' | 'entity'>;

const NOT_SUMMED: Readonly<Record<Exclude<keyof LegFilter, keyof SummedFilter>, true>> = {
  partner: true,
  programme: true,
  plan: true,
  country: true,
  bank: true,
  stream: true,
  type: true,
  from: true,
  period: true,
  dated: true,
};

export const isSummed = (filter: LegFilter): boolean =>
  Object.entries(filter).every(([name, value]) => value === undefined || !(name in NOT_SUMMED));

/**
 * A subquery of what has to be added up for a standpoint: whole days of whole stretches of the log, then the legs of the day that
 * its bound cuts through, then those of the stretch that its position cuts through.
 */
export function turnoverOf(standpoint: Standpoint, filter: SummedFilter, sql: Parameters): string {
  const block = blockOf(standpoint.position + 1n);
  const { entity, asset, account, before } = filter;
  const legs = conditionsOf(standpoint, { entity, asset, account }, sql);
  const cut = sql.bind(String(startOfBlock(block)), 'bigint');
  const cells = [
    `l.tenant = ${sql.bind(standpoint.tenant)}`,
    `l.block < ${sql.bind(String(block), 'bigint')}`,
    ...(entity === undefined ? [] : [`l.entity = ${sql.bind(entity)}`]),
    ...(asset === undefined ? [] : [`l.asset = ${sql.bind(asset)}`]),
    ...(account === undefined ? [] : [below(account, sql)]),
  ];
  const rest = [...legs, `l.position >= ${cut}`];
  const bounds = boundsOf(standpoint, { entity, before });
  if (bounds === undefined) return unionOf([selectOf('turnover', cells), selectOf('leg', rest)]);
  // Plain bounds, so that each part is found in an index; books whose days end alike are one.
  const parts = bounds.flatMap(({ entities, ends }) => {
    const of = `l.entity = any(${sql.bind(entities, 'text[]')})`;
    const day = sql.bind(dayKeyOf(ends));
    const start = sql.bind(`${dayKeyOf(ends)}T00:00:00Z`, 'timestamptz');
    const end = sql.bind(ends, 'timestamptz');
    return [
      selectOf('turnover', [...cells, of, `l.day < ${day} collate "C"`]),
      selectOf('leg', [
        ...legs,
        of,
        `l.position < ${cut}`,
        `l.occurred_at >= ${start} and l.occurred_at < ${end}`,
      ]),
      selectOf('leg', [...rest, of, `l.occurred_at < ${end}`]),
    ];
  });
  return parts.length === 0 ? unionOf([selectOf('leg', [...rest, 'false'])]) : unionOf(parts);
}

interface Bound {
  readonly ends: Instant;
  readonly entities: readonly string[];
}

/** Where the days of the entities end; undefined where no day bounds the question. */
function boundsOf(
  { books, effective }: Standpoint,
  { entity, before }: Pick<SummedFilter, 'before' | 'entity'>,
): Bound[] | undefined {
  if (effective === null && before === undefined) return undefined;
  const bounds = new Map<Instant, string[]>();
  for (const book of books) {
    const ends = endFor({ effective, before }, book.zone);
    if (ends === undefined || (entity !== undefined && book.entity !== entity)) continue;
    bounds.set(ends, [...(bounds.get(ends) ?? []), book.entity]);
  }
  return [...bounds].map(([ends, entities]) => ({ ends, entities }));
}

const selectOf = (table: string, conditions: readonly string[]): string =>
  `select l.entity, l.asset, l.account, l.debit, l.credit from ${table} l where ${conditions.join(' and ')}`;

const unionOf = (selects: readonly string[]): string => `(${selects.join(' union all ')})`;
