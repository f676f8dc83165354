import { CodedError } from '@tributary/kernel';
import type { Exact } from '../exact';
import type { CreditedLine } from '../facts';
import type { ZeroReason } from '../line-due';
import type { BasisPoints } from '../plan';
import type { Situation } from '../situation';
import type { Recorder } from '../trace';

/** What a rule may pay on. */
export interface PayInput {
  readonly situation: Situation;
  readonly line: CreditedLine;
  /** The partner's share of the net, after refunds. */
  readonly part: bigint;
  readonly basis: Exact;
  /** What the line's net was before any refund, as far as that is known. */
  readonly originalNet: bigint;
  /** Of an override: what was posted for the child. */
  readonly posted: bigint | undefined;
  readonly trace: Recorder;
}

/** An amount, or why there is none. */
export type Payer = (input: PayInput) => Exact | ZeroReason;

export const isReason = (paid: Exact | ZeroReason): paid is ZeroReason => typeof paid === 'string';

const DECIMAL = /^(?:0|[1-9]\d{0,8})(?:\.(\d{1,6}))?$/;
const ONE_IN_BASIS_POINTS = 10_000n;

/** 2,500 basis points are 2500/10000; `"1234.5"` is allowed where a whole number would not do. */
export function rateOf(bp: BasisPoints): Exact {
  const text = String(bp);
  const match = DECIMAL.exec(text);
  if (match === null || (typeof bp === 'number' && !Number.isSafeInteger(bp)))
    throw invalidRule(`${text} is not a rate in basis points, with at most 6 places`, { bp });
  const places = BigInt(match[1]?.length ?? 0);
  return {
    numerator: BigInt(text.replace('.', '')),
    denominator: ONE_IN_BASIS_POINTS * 10n ** places,
  };
}

const MINOR_UNITS = /^(?:0|[1-9]\d{0,17})$/;

export function amountOf(text: string): bigint {
  if (typeof text !== 'string' || !MINOR_UNITS.test(text))
    throw invalidRule(`${String(text)} is not an amount in minor units`, { amount: text });
  return BigInt(text);
}

export const invalidRule = (why: string, facts: Record<string, unknown>): CodedError =>
  new CodedError('invalid_rule', `Refused rule: ${why}.`, { why, ...facts });
