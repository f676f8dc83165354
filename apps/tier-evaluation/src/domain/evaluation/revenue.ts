import type { Asset } from '@tributary/kernel';
import type { YearlyShare } from '../facts/fact';
import type { TierRules } from '../rules/content';
import { millionths } from './scores';

/**
 * What a share brings in a year, in money of the rules; null where it is in other money and nobody has recorded a rate. Each share is
 * converted on its own and rounded half up, so that it is the same whoever else is credited.
 */
export function annualIn(
  { annual, asset }: Pick<YearlyShare, 'annual' | 'asset'>,
  { asset: own, rates = [] }: Pick<TierRules, 'asset' | 'rates'>,
): bigint | null {
  const amount = BigInt(annual ?? 0);
  if (asset === own || amount === 0n) return amount;
  const found = rates.find((each) => each.asset === asset);
  if (found === undefined) return null;
  const numerator = amount * millionths(found.rate) * 10n ** placesOf(own);
  const denominator = 1_000_000n * 10n ** placesOf(found.asset);
  return (2n * numerator + denominator) / (2n * denominator);
}

const placesOf = (asset: Asset): bigint => BigInt(asset.split('/')[1] ?? 0);
