import { Rational, allocate, round } from '@tributary/kernel';
import type { GivenBack, PaidLine } from './events';

/** What is left of a line after what was given back. */
export interface Left {
  readonly net: bigint;
  readonly tax: bigint;
}

/** What could not be taken, because no more than was paid is ever given back. */
export type Rest =
  | {
      readonly lines: readonly {
        readonly line: string;
        readonly net: bigint;
        readonly tax: bigint;
      }[];
    }
  | { readonly gross: bigint }
  | { readonly net: bigint; readonly tax: bigint };

export function asRest(of: GivenBack): Rest {
  if ('lines' in of) {
    const lines = of.lines.map(({ line, net, tax }) => ({
      line,
      net: BigInt(net),
      tax: BigInt(tax),
    }));
    return { lines };
  }
  const amount = BigInt(of.amount);
  if (of.taxAmount === null) return { gross: amount };
  return { net: amount - BigInt(of.taxAmount), tax: BigInt(of.taxAmount) };
}

export function sizeOf(rest: Rest): bigint {
  if ('gross' in rest) return rest.gross;
  if ('net' in rest) return rest.net + rest.tax;
  return rest.lines.reduce((sum, { net, tax }) => sum + magnitude(net) + magnitude(tax), 0n);
}

/** Amounts of one kind, one after the other: they are allocated by their running total, so that no cent depends on how it was cut. */
type Run =
  | { readonly of: 'gross'; readonly taken: bigint }
  | { readonly of: 'net'; readonly net: bigint; readonly tax: bigint };

/**
 * One payment while refunds are taken from it, one after the other. Exact lines are taken as they are told. An amount is shared
 * among what is left of the lines, gross, by largest remainder; a line's net then falls in proportion, rounded half up. Both
 * look at the running total since the last refund of another kind, so that the last cent of a full refund is zero of every line.
 */
export class PaymentBalance {
  private base: readonly Left[];
  private run: Run | undefined;
  left: readonly Left[];

  constructor(private readonly lines: readonly PaidLine[]) {
    this.base = lines.map(({ net, tax }) => ({ net: BigInt(net), tax: BigInt(tax) }));
    this.left = this.base;
  }

  take(wanted: Rest): Rest {
    if ('lines' in wanted) return { lines: wanted.lines.map((line) => this.takeLine(line)) };
    if ('gross' in wanted) return { gross: this.takeGross(wanted.gross) };
    return this.takeNetAndTax(wanted);
  }

  private takeLine(wanted: { readonly line: string; readonly net: bigint; readonly tax: bigint }) {
    const index = this.lines.findIndex(({ line }) => line === wanted.line);
    const left = this.left[index];
    if (left === undefined) return wanted;
    const [net, tax] = [within(wanted.net, left.net), within(wanted.tax, left.tax)];
    this.left = this.left.with(index, { net: left.net - net, tax: left.tax - tax });
    this.run = undefined;
    return { line: wanted.line, net: wanted.net - net, tax: wanted.tax - tax };
  }

  private takeGross(amount: bigint): bigint {
    if (this.run?.of !== 'gross') this.base = this.left;
    const before = this.run?.of === 'gross' ? this.run.taken : 0n;
    const weights = this.base.map(({ net, tax }) => net + tax);
    const whole = sumOf(weights);
    const taken = within(before + amount, atLeastZero(whole));
    this.run = { of: 'gross', taken };
    if (taken > 0n)
      this.left = leftOfGross(this.base, allocateSigned(taken, weights), taken === whole);
    return before + amount - taken;
  }

  private takeNetAndTax(wanted: { readonly net: bigint; readonly tax: bigint }): Rest {
    if (this.run?.of !== 'net') this.base = this.left;
    const before = this.run?.of === 'net' ? this.run : { net: 0n, tax: 0n };
    const nets = this.base.map(({ net }) => net);
    const taxes = this.base.map(({ tax }) => tax);
    const net = within(before.net + wanted.net, atLeastZero(sumOf(nets)));
    const tax = within(before.tax + wanted.tax, atLeastZero(sumOf(taxes)));
    this.run = { of: 'net', net, tax };
    const [fromNets, fromTaxes] = [allocateSigned(net, nets), allocateSigned(tax, taxes)];
    this.left = this.base.map((line, i) => ({
      net: line.net - (fromNets[i] ?? 0n),
      tax: line.tax - (fromTaxes[i] ?? 0n),
    }));
    return { net: before.net + wanted.net - net, tax: before.tax + wanted.tax - tax };
  }
}

/** A line's net falls as its gross does. Where everything is given back nothing is left of it, whatever its gross was made of. */
function leftOfGross(base: readonly Left[], shares: readonly bigint[], isAll: boolean): Left[] {
  return base.map(({ net, tax }, i) => {
    if (isAll) return { net: 0n, tax: 0n };
    const share = shares[i] ?? 0n;
    if (share === 0n) return { net, tax };
    const ofNet = round(Rational.of(share * net, net + tax), 'half_up');
    return { net: net - ofNet, tax: tax - (share - ofNet) };
  });
}

/**
 * Largest remainder also where lines of both signs are on one invoice, as prorations are: what the negative ones give back is
 * taken from the positive ones besides. The whole sum gives every weight back exactly.
 */
export function allocateSigned(amount: bigint, weights: readonly bigint[]): readonly bigint[] {
  if (amount === 0n) return weights.map(() => 0n);
  const negatives = weights.map((weight) => (weight < 0n ? -weight : 0n));
  const negative = sumOf(negatives);
  if (negative === 0n) return allocate(amount, weights);

  const given = round(Rational.of(amount * negative, sumOf(weights)), 'half_up');
  const positives = weights.map((weight) => (weight > 0n ? weight : 0n));
  const taken = allocate(amount + given, positives);
  const back = given === 0n ? [] : allocate(given, negatives);
  return taken.map((share, i) => share - (back[i] ?? 0n));
}

/** Between nothing and the limit, on its side of zero. */
function within(wanted: bigint, limit: bigint): bigint {
  if (limit < 0n) return -within(-wanted, -limit);
  if (wanted < 0n) return 0n;
  return wanted > limit ? limit : wanted;
}

const atLeastZero = (amount: bigint): bigint => (amount < 0n ? 0n : amount);
const magnitude = (amount: bigint): bigint => (amount < 0n ? -amount : amount);
const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, each) => sum + each, 0n);
