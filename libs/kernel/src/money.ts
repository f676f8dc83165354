import { CodedError } from './coded-error';
import { type Asset, parseAsset } from './currencies';
import type { JsonObject } from './json';

/** Integer minor units of one asset. Two assets never meet without a recorded rate. */
export interface Money {
  readonly amount: bigint;
  readonly asset: Asset;
}

/** How money crosses JSON: a number there could not carry every amount. */
export interface MoneyText extends JsonObject {
  readonly amount: string;
  readonly asset: string;
}

const MINOR_UNITS = /^(?:-?[1-9][0-9]{0,17}|0)$/;
const MOST = 10n ** 18n - 1n;

/** An amount as text: up to 18 digits, no leading zero, no plus sign, no minus zero. */
export function parseMinor(text: unknown): bigint {
  if (typeof text !== 'string' || !MINOR_UNITS.test(text)) {
    throw new CodedError(
      'invalid_amount',
      `Not an integer of minor units, at most 18 digits: ${String(text)}`,
      { text },
    );
  }
  return BigInt(text);
}

export function formatMinor(amount: bigint): string {
  if (amount > MOST || amount < -MOST) {
    throw new CodedError('amount_out_of_range', `More than 18 digits: ${amount}`, {
      amount: String(amount),
    });
  }
  return String(amount);
}

export const money = (amount: bigint, asset: Asset): Money => ({ amount, asset });

export const zeroOf = (asset: Asset): Money => money(0n, asset);

export const parseMoney = ({
  amount,
  asset,
}: {
  readonly amount: unknown;
  readonly asset: unknown;
}): Money => money(parseMinor(amount), parseAsset(asset));

export const formatMoney = ({ amount, asset }: Money): MoneyText => ({
  amount: formatMinor(amount),
  asset,
});

export const addMoney = (a: Money, b: Money): Money =>
  money(a.amount + b.amount, commonAsset(a, b));

export const subtractMoney = (a: Money, b: Money): Money =>
  money(a.amount - b.amount, commonAsset(a, b));

export const negateMoney = ({ amount, asset }: Money): Money => money(-amount, asset);

/** Negative, zero or positive, as `sort` wants it. */
export function compareMoney(a: Money, b: Money): number {
  commonAsset(a, b);
  if (a.amount === b.amount) return 0;
  return a.amount < b.amount ? -1 : 1;
}

/** The asset is named, because an empty list has none. */
export const sumMoney = (asset: Asset, parts: Iterable<Money>): Money => {
  let sum = zeroOf(asset);
  for (const part of parts) sum = addMoney(sum, part);
  return sum;
};

function commonAsset(a: Money, b: Money): Asset {
  if (a.asset !== b.asset) {
    const facts = { left: a.asset, right: b.asset };
    throw new CodedError(
      'mixed_assets',
      `${a.asset} and ${b.asset} do not mix without a rate.`,
      facts,
    );
  }
  return a.asset;
}
