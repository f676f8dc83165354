import { type Asset, CURRENCY_EXPONENTS, currencyOf, exponentOf } from '@tributary/kernel';

/** Minor units as a decimal with all the digits of their asset: exact, and never a float. */
export function decimalOf(minor: bigint, asset: Asset): string {
  const digits = exponentOf(asset);
  const sign = minor < 0n ? '-' : '';
  const text = String(minor < 0n ? -minor : minor).padStart(digits + 1, '0');
  if (digits === 0) return sign + text;
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** One name per asset: the currency where the digits are those of ISO 4217, else with its digits, as `BRL-4`. */
export function commodityOf(asset: Asset): string {
  const currency = currencyOf(asset);
  const digits = exponentOf(asset);
  return CURRENCY_EXPONENTS.get(currency) === digits ? currency : `${currency}-${digits}`;
}
