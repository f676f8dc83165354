import {
  type Asset,
  type Instant,
  Rational,
  type ZoneOffset,
  currencyOf,
  exponentOf,
  instantOfMs,
  msOf,
  round,
} from '@tributary/kernel';

const SYMBOLS: Readonly<Record<string, string>> = { BRL: 'R$', EUR: '€', GBP: '£', USD: 'US$' };

/** `R$ 1,709.10`, from minor units alone. */
export function moneyText(minor: bigint, asset: string): string {
  const digits = exponentOf(asset as Asset);
  const currency = currencyOf(asset as Asset);
  const text = String(minor < 0n ? -minor : minor).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(?:\d{3})+$)/g, ',');
  const fraction = digits === 0 ? '' : `.${text.slice(-digits)}`;
  return `${minor < 0n ? '-' : ''}${SYMBOLS[currency] ?? currency} ${whole}${fraction}`;
}

/** An exact amount in words: one with a fraction of a minor unit is only near to what can be shown. */
export function exactMoneyText(exact: string, asset: string): string {
  const value = Rational.parse(exact);
  const text = moneyText(round(value, 'half_up'), asset);
  return value.denominator === 1n ? text : `about ${text}`;
}

/** `1/8` as `12.5%`; one that never ends is cut at four digits, and says so. */
export function percentText(rate: string): string {
  const value = Rational.parse(rate).times(Rational.of(100n));
  const scaled = value.times(Rational.of(10_000n));
  const text = decimalText(round(scaled, 'half_up'), 4).replace(/\.?0+$/, '');
  return `${scaled.denominator === 1n ? '' : 'about '}${text}%`;
}

/** An integer with so many of its digits behind the point. */
export function decimalText(scaled: bigint, digits: number): string {
  const text = String(scaled < 0n ? -scaled : scaled).padStart(digits + 1, '0');
  return `${scaled < 0n ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `10 Feb 2026`, by clocks that were told and not asked for. */
export function dayText(at: Instant, offsets: readonly ZoneOffset[]): string {
  const offsetMs = offsets.findLast(({ from }) => from <= at)?.offsetMs ?? 0;
  const local = instantOfMs(msOf(at) + offsetMs);
  const month = MONTHS[Number(local.slice(5, 7)) - 1] ?? '';
  return `${String(Number(local.slice(8, 10)))} ${month} ${local.slice(0, 4)}`;
}

export const listText = (parts: readonly string[]): string =>
  parts.length <= 1
    ? (parts[0] ?? '')
    : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
