import {
  type Instant,
  type Period,
  type PeriodKey,
  instantOfMs,
  laterOf,
  resolvePeriod,
  shiftPeriodKey,
} from '@tributary/kernel';

/** Whose cut closes a month for an entry: commission's own, or that of everything else. */
export type Kind = 'commission' | 'payouts';

const OF_COMMISSION = new Set(['earnings', 'draw']);

export const kindOf = (category: string): Kind =>
  OF_COMMISSION.has(category) ? 'commission' : 'payouts';

/** A month that was cut, and where in the log. */
export interface Cut {
  readonly kind: Kind;
  readonly period: Period;
  readonly position: bigint;
}

export type BookMonth = Pick<Period, 'from' | 'key' | 'until'>;

/** What is cut for the entries of a kind that stand in the log after one position, up to another one. */
export interface Closed {
  readonly kind: Kind;
  readonly after: bigint;
  readonly through: bigint;
  /** Months up to here no longer take an entry. */
  readonly last: PeriodKey;
  /** The earliest that does. */
  readonly next: PeriodKey;
}

/** The zone of books whose entity nobody has registered, and of which nothing was cut. */
export const DEFAULT_ZONE = 'UTC';

/** No calendar of ours has a month before or after these. */
const [FIRST, LAST] = ['1970-01', '9998-12'];
/** In zones behind UTC it is still December there; the first month takes it in, because none is before. */
const EPOCH = instantOfMs(0);

/** The month before or after, where there is one: one entry at the edge must not take the answers about all others along. */
function besideOf(key: PeriodKey, by: -1 | 1): PeriodKey | undefined {
  return key === (by < 0 ? FIRST : LAST) ? undefined : shiftPeriodKey(key, by);
}

/**
 * The months of one entity around those that its entries touch. The bounds of a month that was cut are those that stand in its cut;
 * the month beside it begins or ends there.
 */
export function monthsOf(
  zone: string,
  touched: readonly PeriodKey[],
  cuts: readonly Cut[],
): BookMonth[] {
  const wanted = new Set(
    touched.flatMap((key) => [besideOf(key, -1) ?? key, key, besideOf(key, 1) ?? key]),
  );
  const resolved = new Map(cuts.map(({ period }) => [period.key, period]));
  const startOf = (key: PeriodKey): Instant => {
    const start =
      resolved.get(key)?.from ??
      resolved.get(besideOf(key, -1) ?? key)?.until ??
      resolvePeriod(zone, key).from;
    return key === FIRST && start > EPOCH ? EPOCH : start;
  };
  return [...wanted].sort().map((key) => {
    const from = startOf(key);
    const next = besideOf(key, 1);
    const until = next === undefined ? resolvePeriod(zone, key).until : startOf(next);
    return { key, from, until: laterOf(from, until) };
  });
}

const END_OF_LOG = 2n ** 63n - 1n;

/** Months close in order, so a cut also stands for the months before it, whether or not they were ever cut by themselves. */
export function closedOf(cuts: readonly Cut[]): Closed[] {
  return (['commission', 'payouts'] as const).flatMap((kind) => {
    const ordered = cuts
      .filter((cut) => cut.kind === kind)
      .sort((a, b) => (a.position < b.position ? -1 : 1));
    let last: PeriodKey = '';
    return ordered.map(({ period, position }, i) => {
      if (period.key > last) last = period.key;
      const through = ordered[i + 1]?.position ?? END_OF_LOG;
      return { kind, after: position, through, last, next: shiftPeriodKey(last, 1) };
    });
  });
}
