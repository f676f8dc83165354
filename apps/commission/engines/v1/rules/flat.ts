import { Rational } from '@tributary/kernel';
import { type Exact, textOf } from '../exact';
import type { ZeroReason } from '../line-due';
import { type PayInput, type Payer, amountOf } from './payer';

/** Per line: shared as the line is, and taken back as it is refunded. */
export function payFlat(amount: string): Payer {
  const minor = amountOf(amount);
  return (input) => ofPartLeft(input, minor, undefined);
}

export function payPerUnit(amount: string): Payer {
  const minor = amountOf(amount);
  return (input) => ofPartLeft(input, minor, input.line.quantity);
}

/** The part that is left of what was sold: 60 of 100 earn 60%, and after a refund of half of that 30%. */
function ofPartLeft(
  { part, originalNet, trace }: PayInput,
  amount: bigint,
  quantity: string | undefined,
): Exact | ZeroReason {
  if (originalNet <= 0n) return 'zero_basis';
  const share = { numerator: amount * part, denominator: originalNet };
  const paid =
    quantity === undefined || quantity === '1'
      ? share
      : Rational.ofDecimal(quantity).times(Rational.of(share.numerator, share.denominator));
  trace?.push({
    step: 'flat',
    inputs: {
      amount: String(amount),
      quantity: quantity ?? '1',
      part: String(part),
      originalNet: String(originalNet),
    },
    result: textOf(paid),
  });
  return paid;
}
