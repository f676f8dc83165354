import { type PeriodKey, Rational, round, shiftPeriodKey } from '@tributary/kernel';

/** What happened to the books of one entity in one asset within a month. */
export interface Turnover {
  readonly entity: string;
  readonly asset: string;
  readonly month: PeriodKey;
  readonly posted: bigint;
  readonly released: bigint;
}

export interface Accrual extends Turnover {
  /** Held before the month began. */
  readonly opening: bigint;
  /** opening + posted - released. */
  readonly closing: bigint;
}

/** Every month from the first to the last, also those in which nothing happened; turnovers before make the first opening. */
export function rollForward(
  turnovers: readonly Turnover[],
  from: PeriodKey,
  to: PeriodKey,
): readonly Accrual[] {
  const books = new Map<string, Turnover[]>();
  for (const turnover of turnovers) {
    const name = `${turnover.entity} ${turnover.asset}`;
    books.set(name, [...(books.get(name) ?? []), turnover]);
  }
  return [...books.values()].flatMap((of) => rolled(of, from, to));
}

function rolled(of: readonly Turnover[], from: PeriodKey, to: PeriodKey): readonly Accrual[] {
  const [{ entity, asset }] = of as [Turnover];
  const months = new Map(of.map((turnover) => [turnover.month, turnover]));
  let opening = of
    .filter(({ month }) => month < from)
    .reduce((sum, { posted, released }) => sum + posted - released, 0n);
  const accruals: Accrual[] = [];
  for (let month = from; month <= to; month = shiftPeriodKey(month, 1)) {
    const { posted, released } = months.get(month) ?? { posted: 0n, released: 0n };
    const closing = opening + posted - released;
    accruals.push({ entity, asset, month, opening, posted, released, closing });
    opening = closing;
  }
  return accruals;
}

export const DENOMINATORS = ['sourced', 'sourced_and_influenced'] as const;
export type Denominator = (typeof DENOMINATORS)[number];

export interface Ratio {
  /** In percent to one decimal; null without revenue. */
  readonly percent: string | null;
  /** A figure to look at, not a cap: nothing is cut when it is amber. */
  readonly status: 'amber' | 'pass';
}

/** In tenths of a percent. */
const AMBER_FROM = 150n;

/** Judged as it is shown, so that 15.0% is never found on both sides. */
export function ratioOf(commissions: bigint, revenue: bigint): Ratio {
  if (revenue <= 0n) return { percent: null, status: commissions > 0n ? 'amber' : 'pass' };
  const tenths = round(Rational.of(commissions * 1000n, revenue), 'half_up');
  const [sign, size] = tenths < 0n ? ['-', -tenths] : ['', tenths];
  const percent = `${sign}${String(size / 10n)}.${String(size % 10n)}`;
  return { percent, status: tenths >= AMBER_FROM ? 'amber' : 'pass' };
}
