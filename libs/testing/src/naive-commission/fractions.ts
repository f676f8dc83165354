/** Never reduced; the denominator is positive. */
export type Fraction = readonly [top: bigint, bottom: bigint];

export const whole = (n: bigint | string): Fraction => [BigInt(n), 1n];
export const over = (top: bigint, bottom: bigint): Fraction =>
  bottom < 0n ? [-top, -bottom] : [top, bottom];
export const add = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d + c * b, b * d];
export const subtract = (a: Fraction, [c, d]: Fraction): Fraction => add(a, [-c, d]);
export const times = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * c, b * d];
export const isLess = ([a, b]: Fraction, [c, d]: Fraction): boolean => a * d < c * b;
export const magnitude = (n: bigint): bigint => (n < 0n ? -n : n);
export const least = (a: Fraction, b: Fraction): Fraction => (isLess(b, a) ? b : a);
export const most = (a: Fraction, b: Fraction): Fraction => (isLess(a, b) ? b : a);

export function decimal(text: string): Fraction {
  const [units = '0', places = ''] = text.split('.');
  return [BigInt(units + places), 10n ** BigInt(places.length)];
}

export const rate = (bp: unknown): Fraction => times(decimal(String(bp)), [1n, 10_000n]);

/** Half away from zero, unless a half goes to the even neighbour. */
export function rounded([top, bottom]: Fraction, mode: string): bigint {
  const size = magnitude(top);
  const down = size / bottom;
  const twiceTheRest = (size - down * bottom) * 2n;
  const isUp =
    twiceTheRest > bottom || (twiceTheRest === bottom && (mode === 'half_up' || down % 2n === 1n));
  const result = isUp ? down + 1n : down;
  return top < 0n ? -result : result;
}
