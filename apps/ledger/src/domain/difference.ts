import type { Asset } from '@tributary/kernel';
import type { JournalLeg } from './journal';

/** Whether something shows at the second point alone, or at the first alone. */
export type Change = 'added' | 'removed';

/** A leg that only one of two points shows. */
export interface ChangedLeg extends JournalLeg {
  readonly change: Change;
}

/** What a leg adds to its account, debit less credit, on the way from the first point to the second. */
export const effectOf = ({ change, debit, credit }: ChangedLeg): bigint =>
  change === 'added' ? debit - credit : credit - debit;

export interface AccountOf {
  readonly entity: string;
  readonly asset: Asset;
  readonly account: string;
}

interface Balance extends AccountOf {
  readonly balance: bigint;
}

/** What the legs that only one point shows add up to on an account. */
export interface Changed extends AccountOf {
  readonly legs: number;
  readonly effect: bigint;
}

export interface AccountDifference extends Changed {
  readonly from: bigint;
  readonly to: bigint;
  /** Of the two balances that the legs do not account for: zero, or the books are wrong. */
  readonly remainder: bigint;
}

const nameOf = ({ entity, asset, account }: AccountOf): string => `${entity}\0${asset}\0${account}`;

/** Every account that either point shows or any leg touches, in order. */
export function differenceOf(
  from: readonly Balance[],
  to: readonly Balance[],
  changed: readonly Changed[],
): AccountDifference[] {
  const [before, after] = [from, to].map((of) => new Map(of.map((one) => [nameOf(one), one])));
  const between = new Map(changed.map((one) => [nameOf(one), one]));
  const accounts = new Map([...from, ...to, ...changed].map((one) => [nameOf(one), one]));
  return [...accounts.keys()].sort().map((name) => {
    const { entity, asset, account } = accounts.get(name) as AccountOf;
    const { legs = 0, effect = 0n } = between.get(name) ?? {};
    const [start, end] = [before?.get(name)?.balance ?? 0n, after?.get(name)?.balance ?? 0n];
    const remainder = end - start - effect;
    return { entity, asset, account, from: start, to: end, legs, effect, remainder };
  });
}
