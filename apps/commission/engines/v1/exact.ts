import { Rational } from '@tributary/kernel';

/**
 * An exact amount, not always in lowest terms: most are an integer times basis points, and reducing each of them would cost
 * more than everything else about a line. A `Rational` is one.
 */
export interface Exact {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export const ZERO: Exact = Rational.ZERO;

export const whole = (numerator: bigint): Exact => ({ numerator, denominator: 1n });

export const asRational = ({ numerator, denominator }: Exact): Rational =>
  Rational.of(numerator, denominator);

export const textOf = (value: Exact): string => asRational(value).toString();

/** Reduced where denominators differ, so that a long sum does not grow them without bound. */
export function plus(a: Exact, b: Exact): Exact {
  if (a.denominator === b.denominator)
    return { numerator: a.numerator + b.numerator, denominator: a.denominator };
  if (a.numerator === 0n) return b;
  if (b.numerator === 0n) return a;
  return asRational(a).plus(asRational(b));
}

export const minus = (a: Exact, b: Exact): Exact =>
  plus(a, { numerator: -b.numerator, denominator: b.denominator });

export const times = (a: Exact, b: Exact): Exact => ({
  numerator: a.numerator * b.numerator,
  denominator: a.denominator * b.denominator,
});

/** Negative, zero or positive. Denominators are positive. */
export function compare(a: Exact, b: Exact): number {
  const left = a.numerator * b.denominator;
  const right = b.numerator * a.denominator;
  return left === right ? 0 : left < right ? -1 : 1;
}

export const lesserOf = (a: Exact, b: Exact): Exact => (compare(a, b) <= 0 ? a : b);
export const greaterOf = (a: Exact, b: Exact): Exact => (compare(a, b) >= 0 ? a : b);
