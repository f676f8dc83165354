import fc from 'fast-check';
import { Rational, type RoundingMode, round } from './rational';

const integer = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n });
const positive = fc.bigInt({ min: 1n, max: 10n ** 12n });
const rational = fc.tuple(integer, positive).map(([n, d]) => Rational.of(n, d));
const MODES: readonly RoundingMode[] = ['half_up', 'half_even'];
const { ZERO, ONE } = Rational;

describe('exact fractions', () => {
  it('obey the laws of arithmetic', () => {
    fc.assert(
      fc.property(rational, rational, rational, (a, b, c) => {
        expect(a.plus(b)).toEqual(b.plus(a));
        expect(a.times(b)).toEqual(b.times(a));
        expect(a.plus(b).plus(c)).toEqual(a.plus(b.plus(c)));
        expect(a.times(b).times(c)).toEqual(a.times(b.times(c)));
        expect(a.times(b.plus(c))).toEqual(a.times(b).plus(a.times(c)));
        expect([a.plus(ZERO), a.times(ONE), a.minus(a)]).toEqual([a, a, ZERO]);
        expect(a.minus(b).plus(b)).toEqual(a);
        if (!b.equals(ZERO)) expect(a.dividedBy(b).times(b)).toEqual(a);
      }),
    );
  });

  it('have one form per value', () => {
    fc.assert(
      fc.property(integer, positive, positive, (n, d, factor) => {
        const value = Rational.of(n, d);
        expect(Rational.of(n * factor, d * factor)).toEqual(value);
        expect(Rational.of(-n, -d)).toEqual(value);
        expect(value.denominator > 0n).toBe(true);
        expect(Rational.parse(value.toString())).toEqual(value);
      }),
    );
    expect(
      [Rational.of(85_455n, 10n), Rational.of(-6n, 3n), Rational.of(0n, -7n)].map(String),
    ).toEqual(['17091/2', '-2', '0']);
  });

  it('are ordered as their differences say', () => {
    fc.assert(
      fc.property(rational, rational, (a, b) => {
        const { numerator } = a.minus(b);
        expect(a.compare(b)).toBe(numerator === 0n ? 0 : numerator < 0n ? -1 : 1);
        expect(a.equals(b)).toBe(a.compare(b) === 0);
      }),
    );
  });

  it('come from rates as plans write them', () => {
    expect(Rational.ofBasisPoints(2500)).toEqual(Rational.of(1n, 4n));
    expect(Rational.ofBasisPoints(-1n)).toEqual(Rational.of(-1n, 10_000n));
    expect(Rational.ofDecimal('5.4321')).toEqual(Rational.of(54_321n, 10_000n));
    expect(Rational.ofDecimal('-0.5')).toEqual(Rational.of(-1n, 2n));
    expect(Rational.ofDecimal('0.10')).toEqual(Rational.of(1n, 10n));
  });

  it.each(['', '.', '1.', '.5', '01', '+1', '1e3', '1,5', 'NaN', ' 1', '1.0000000000000000000'])(
    'refuse %p as a decimal',
    (text) =>
      expect(() => Rational.ofDecimal(text)).toThrow(
        expect.objectContaining({ code: 'invalid_rational' }),
      ),
  );

  it.each(['2/4', '1/0', '1/1', '-0', '1/-2', '1/2/3', '0.5', ''])(
    'refuse %p as a fraction of ours',
    (text) =>
      expect(() => Rational.parse(text)).toThrow(
        expect.objectContaining({ code: 'invalid_rational' }),
      ),
  );

  it('refuse floats as basis points, and division by zero', () => {
    expect(() => Rational.ofBasisPoints(12.5)).toThrow(
      expect.objectContaining({ code: 'invalid_rational' }),
    );
    expect(() => ONE.dividedBy(ZERO)).toThrow(
      expect.objectContaining({ code: 'division_by_zero' }),
    );
    expect(() => Rational.of(1n, 0n)).toThrow(
      expect.objectContaining({ code: 'division_by_zero' }),
    );
  });
});

describe('rounding to whole minor units', () => {
  it.each([
    // exact, half_up, half_even
    ['0.5', 1n, 0n],
    ['1.5', 2n, 2n],
    ['2.5', 3n, 2n],
    ['-0.5', -1n, 0n],
    ['-1.5', -2n, -2n],
    ['-2.5', -3n, -2n],
    ['2.4999', 2n, 2n],
    ['2.5001', 3n, 3n],
    ['-2.4999', -2n, -2n],
    ['-2.5001', -3n, -3n],
    ['7', 7n, 7n],
    ['42727.5', 42_728n, 42_728n],
    ['118827.15', 118_827n, 118_827n],
  ])('%s is %s by half_up and %s by half_even', (exact, halfUp, halfEven) => {
    expect(MODES.map((mode) => round(Rational.ofDecimal(exact), mode))).toEqual([halfUp, halfEven]);
  });

  it('mirrors negatives, so that a reversal takes back exactly what was posted', () => {
    fc.assert(
      fc.property(rational, fc.constantFrom(...MODES), (value, mode) => {
        expect(round(value.negated(), mode)).toBe(-round(value, mode));
      }),
    );
  });

  it('never moves a value by more than half a unit, and keeps whole ones', () => {
    fc.assert(
      fc.property(rational, integer, fc.constantFrom(...MODES), (value, whole, mode) => {
        const error = value.minus(Rational.of(round(value, mode)));
        expect(Math.abs(error.times(Rational.of(2n)).compare(ZERO))).toBeLessThanOrEqual(1);
        expect(error.compare(Rational.of(1n, 2n))).toBeLessThanOrEqual(0);
        expect(error.compare(Rational.of(-1n, 2n))).toBeGreaterThanOrEqual(0);
        expect(round(Rational.of(whole), mode)).toBe(whole);
      }),
    );
  });

  it('posts the difference of rounded totals, so that any partition of a refund ends at zero', () => {
    fc.assert(
      fc.property(
        positive,
        fc.array(positive, { maxLength: 8 }),
        fc.constantFrom(...MODES),
        (paid, refunds, mode) => {
          const due = (left: bigint) =>
            round(Rational.ofBasisPoints(2500).times(Rational.of(left)), mode);
          let left = paid;
          let posted = due(paid);
          for (const refund of [...refunds, paid]) {
            left = refund > left ? 0n : left - refund;
            posted += due(left) - posted;
          }
          expect(posted).toBe(0n);
        },
      ),
    );
  });

  it('refuses a mode that no compiler has seen', () => {
    const mode = 'half_down' as RoundingMode;
    expect(() => round(Rational.ofDecimal('0.5'), mode)).toThrow(
      expect.objectContaining({ code: 'unknown_rounding_mode' }),
    );
  });
});
