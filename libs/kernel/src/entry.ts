import { CodedError } from './coded-error';
import { isAsset } from './currencies';
import type { JsonObject } from './json';

/** One side of a journal entry: a positive integer of minor units, explicit debit or credit. */
export interface Leg extends JsonObject {
  readonly account: string;
  readonly side: 'debit' | 'credit';
  readonly amount: string;
  readonly asset: string;
  readonly dimensions: Dimensions;
}

export interface Dimensions extends JsonObject {
  readonly entity: string;
  readonly programme: string;
}

/** Stands under the reserved key `entry` in the data of an event that moves money. */
export interface BalancedEntry extends JsonObject {
  readonly legs: readonly Leg[];
}

const ACCOUNT = /^[A-Z][A-Za-z0-9]*(?::[A-Z][A-Za-z0-9]*)+$/;
const AMOUNT = /^[1-9][0-9]{0,17}$/;

/** Throws unless the legs are well-formed and sum to zero per entity and asset. */
export function assertBalanced(entry: unknown): asserts entry is BalancedEntry {
  const legs = isObject(entry) ? entry['legs'] : undefined;
  if (!Array.isArray(legs) || legs.length < 2)
    throw refused('an entry has at least two legs', { entry });

  const sums = new Map<string, bigint>();
  for (const leg of legs as unknown[]) {
    assertLeg(leg);
    const key = `${leg.dimensions.entity} ${leg.asset}`;
    const signed = leg.side === 'debit' ? BigInt(leg.amount) : -BigInt(leg.amount);
    sums.set(key, (sums.get(key) ?? 0n) + signed);
  }
  for (const [key, sum] of sums) {
    if (sum !== 0n)
      throw refused(`debit and credit of "${key}" differ by ${sum}`, {
        key,
        difference: String(sum),
      });
  }
}

function assertLeg(leg: unknown): asserts leg is Leg {
  if (!isObject(leg)) throw refused('a leg is an object', { leg });
  const { account, side, amount, asset, dimensions } = leg;
  if (typeof account !== 'string' || !ACCOUNT.test(account))
    throw refused('the account is not a name like Assets:Cash', { leg });
  if (side !== 'debit' && side !== 'credit') throw refused('the side is debit or credit', { leg });
  if (typeof amount !== 'string' || !AMOUNT.test(amount))
    throw refused('the amount is a positive integer of minor units', { leg });
  if (!isAsset(asset)) throw refused('the asset is not a name like BRL/2', { leg });
  if (!isObject(dimensions) || !dimensions['entity'] || !dimensions['programme']) {
    throw refused('the dimensions name entity and programme', { leg });
  }
  for (const value of Object.values(dimensions)) {
    if (typeof value !== 'string' || value === '') throw refused('a dimension is a text', { leg });
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function refused(rule: string, facts: Record<string, unknown>): CodedError {
  return new CodedError('unbalanced_entry', `Refused entry: ${rule}.`, facts);
}
