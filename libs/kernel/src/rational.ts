import { CodedError } from './coded-error';

/** `half_up` is half away from zero, symmetric for negatives, equal to ROUND of a spreadsheet; never `Math.round`. */
export type RoundingMode = 'half_up' | 'half_even';

const DECIMAL = /^(-?)(0|[1-9][0-9]{0,17})(?:\.([0-9]{1,18}))?$/;
const FRACTION = /^(-?(?:0|[1-9][0-9]*))(?:\/([1-9][0-9]*))?$/;
const BASIS_POINTS_OF_ONE = 10_000n;

/** An exact fraction, always in lowest terms with a positive denominator, so that equal values are equal texts. */
export class Rational {
  static readonly ZERO = new Rational(0n, 1n);
  static readonly ONE = new Rational(1n, 1n);

  private constructor(
    readonly numerator: bigint,
    readonly denominator: bigint,
  ) {}

  static of(numerator: bigint, denominator = 1n): Rational {
    if (denominator === 0n)
      throw new CodedError('division_by_zero', `${numerator} cannot be divided by zero.`);
    if (denominator === 1n) return new Rational(numerator, 1n);
    const divisor = greatestCommonDivisor(numerator, denominator);
    const scale = denominator < 0n ? -divisor : divisor;
    return new Rational(numerator / scale, denominator / scale);
  }

  /** 2,500 basis points are a quarter. */
  static ofBasisPoints(basisPoints: number | bigint): Rational {
    if (typeof basisPoints === 'number' && !Number.isSafeInteger(basisPoints)) {
      throw notARational(String(basisPoints), 'basis points are integers');
    }
    return Rational.of(BigInt(basisPoints), BASIS_POINTS_OF_ONE);
  }

  /** A rate as people write it: `5.4321`. No exponent, no leading zeros, at most 18 digits on either side. */
  static ofDecimal(text: string): Rational {
    const match = DECIMAL.exec(text);
    if (!match) throw notARational(text, 'write a decimal like 5.4321');
    const [, sign = '', whole = '', fraction = ''] = match;
    return Rational.of(BigInt(`${sign}${whole}${fraction}`), 10n ** BigInt(fraction.length));
  }

  /** Reads what `toString` wrote; anything that is not in lowest terms was not written by us. */
  static parse(text: string): Rational {
    const [, numerator, denominator = '1'] = FRACTION.exec(text) ?? [];
    if (numerator === undefined) throw notARational(text, 'write a fraction like 85455/10');
    const value = Rational.of(BigInt(numerator), BigInt(denominator));
    if (value.toString() !== text) throw notARational(text, 'the fraction is not in lowest terms');
    return value;
  }

  plus(other: Rational): Rational {
    if (this.denominator === other.denominator) {
      return Rational.of(this.numerator + other.numerator, this.denominator);
    }
    return Rational.of(
      this.numerator * other.denominator + other.numerator * this.denominator,
      this.denominator * other.denominator,
    );
  }

  minus(other: Rational): Rational {
    return this.plus(other.negated());
  }

  times(other: Rational): Rational {
    return Rational.of(this.numerator * other.numerator, this.denominator * other.denominator);
  }

  dividedBy(other: Rational): Rational {
    return Rational.of(this.numerator * other.denominator, this.denominator * other.numerator);
  }

  negated(): Rational {
    return new Rational(-this.numerator, this.denominator);
  }

  /** Negative, zero or positive, as `sort` wants it. */
  compare(other: Rational): number {
    const left = this.numerator * other.denominator;
    const right = other.numerator * this.denominator;
    if (left === right) return 0;
    return left < right ? -1 : 1;
  }

  equals(other: Rational): boolean {
    return this.numerator === other.numerator && this.denominator === other.denominator;
  }

  /** `85455/10` in lowest terms, or the integer alone. */
  toString(): string {
    return this.denominator === 1n
      ? String(this.numerator)
      : `${this.numerator}/${this.denominator}`;
  }
}

/** The one place where an exact amount becomes whole minor units; both modes mirror negatives, so a reversal is exact. */
export function round(
  value: Pick<Rational, 'numerator' | 'denominator'>,
  mode: RoundingMode,
): bigint {
  const { numerator, denominator } = value;
  const magnitude = numerator < 0n ? -numerator : numerator;
  const whole = magnitude / denominator;
  const twiceRest = 2n * (magnitude % denominator);
  const away = twiceRest > denominator || (twiceRest === denominator && tieGoesUp(whole, mode));
  const rounded = away ? whole + 1n : whole;
  return numerator < 0n ? -rounded : rounded;
}

function tieGoesUp(whole: bigint, mode: RoundingMode): boolean {
  switch (mode) {
    case 'half_up':
      return true;
    case 'half_even':
      return whole % 2n === 1n;
    default:
      // A mode may come from a stored plan, which no compiler has seen.
      throw new CodedError('unknown_rounding_mode', `Not a rounding mode: ${String(mode)}`, {
        mode,
      });
  }
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [larger, smaller] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (smaller !== 0n) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

const notARational = (text: string, reason: string): CodedError =>
  new CodedError('invalid_rational', `Not an exact number: ${text} (${reason}).`, { text, reason });
