import type { PeriodKey } from '@tributary/kernel';

/** What happened to the accounts of one entity in one asset within a month, of entries that changed what is owed to partners. */
export interface Turnover {
  readonly entity: string;
  readonly asset: string;
  readonly period: PeriodKey;
  readonly account: string;
  readonly debit: bigint;
  readonly credit: bigint;
}

export const MOVEMENTS = [
  'broughtIn',
  'posted',
  'adjusted',
  'writtenOff',
  'received',
  'settled',
  'fees',
  'withheld',
  'fx',
  'other',
] as const;
export type Movement = (typeof MOVEMENTS)[number];

/** What is owed to partners, net of what they owe: positive when we owe. */
export interface RolledForward extends Readonly<Record<Movement, bigint>> {
  readonly entity: string;
  readonly asset: string;
  readonly period: PeriodKey;
  readonly opening: bigint;
  readonly closing: bigint;
}

/** The accounts that make what is owed to partners, with those below them: their total in the trial balance is the closing. */
export const OWED: readonly string[] = [
  'Liabilities:Commission',
  'Liabilities:Unclaimed',
  'Liabilities:InTransit',
  'Assets:ClawbackReceivable',
  'Assets:PartnerAdvance',
];

/** Not among them: what we do not expect to get back is owed all the same. */
export const NOT_OWED = 'Assets:ClawbackReceivable:Allowance';

const isOrBelow = (account: string, top: string): boolean =>
  account === top || account.startsWith(`${top}:`);

export const isOwed = (account: string): boolean =>
  !isOrBelow(account, NOT_OWED) && OWED.some((top) => isOrBelow(account, top));

/** By the account on the other side; the first that fits. */
const BY_ACCOUNT: readonly (readonly [string, Movement])[] = [
  ['Expenses:Commission:Adjustments', 'adjusted'],
  ['Expenses:Commission', 'posted'],
  ['Expenses:BadDebt', 'writtenOff'],
  ['Expenses:PayoutFees', 'fees'],
  ['Liabilities:Tax', 'withheld'],
  ['Assets:TaxRecoverable', 'withheld'],
  ['Equity:FXTrading', 'fx'],
  ['Expenses:Rounding', 'fx'],
  ['Expenses:FX', 'fx'],
  ['Income:FX', 'fx'],
  ['Equity:Opening', 'broughtIn'],
];

function movementOf(account: string): Movement {
  if (isOrBelow(account, NOT_OWED)) return 'writtenOff';
  return BY_ACCOUNT.find(([top]) => isOrBelow(account, top))?.[1] ?? 'other';
}

/**
 * Entries balance, so what a leg on another account adds to what is owed is its debit less its credit. Cash goes two ways: paid out,
 * and received, which is what partners repaid and what banks returned.
 */
function movementsOf({
  account,
  debit,
  credit,
}: Turnover): readonly (readonly [Movement, bigint])[] {
  if (isOrBelow(account, 'Assets:Cash'))
    return [
      ['received', debit],
      ['settled', -credit],
    ];
  return [[movementOf(account), debit - credit]];
}

/**
 * Opening and what moved it, month by month; turnovers before `from` make the first opening. Where nothing moved, the first and the last
 * month that were asked for are told all the same, with what is owed meanwhile.
 */
export function rollForward(
  turnovers: readonly Turnover[],
  from: PeriodKey,
  to: PeriodKey,
): RolledForward[] {
  const books = new Map<string, Turnover[]>();
  for (const turnover of turnovers) {
    const book = `${turnover.entity}\0${turnover.asset}`;
    books.set(book, [...(books.get(book) ?? []), turnover]);
  }
  return [...books.values()].flatMap((of) => rolled(of, from, to));
}

function rolled(of: readonly Turnover[], from: PeriodKey, to: PeriodKey): RolledForward[] {
  const others = of.filter(({ account }) => !isOwed(account));
  const sum = (wanted: (period: PeriodKey) => boolean): Record<Movement, bigint> => {
    const sums = Object.fromEntries(MOVEMENTS.map((name) => [name, 0n])) as Record<
      Movement,
      bigint
    >;
    for (const turnover of others)
      if (wanted(turnover.period))
        for (const [movement, amount] of movementsOf(turnover)) sums[movement] += amount;
    return sums;
  };
  const net = (sums: Record<Movement, bigint>) =>
    MOVEMENTS.reduce((total, movement) => total + sums[movement], 0n);

  let opening = net(sum((period) => period < from));
  const moved = of.map(({ period }) => period);
  const wasThere = moved.some((period) => period < from);
  const periods = new Set([...moved, ...(wasThere ? [from] : []), to]);
  return [...periods]
    .filter((period) => period >= from)
    .sort()
    .map((period) => {
      const sums = sum((one) => one === period);
      const { entity, asset } = of[0] as Turnover;
      const line = { entity, asset, period, opening, ...sums, closing: opening + net(sums) };
      opening = line.closing;
      return line;
    });
}
