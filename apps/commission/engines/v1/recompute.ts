import { Rational, type RoundingMode, allocate, round } from '@tributary/kernel';
import {
  type Exact,
  ZERO,
  compare,
  greaterOf,
  lesserOf,
  minus,
  plus,
  textOf,
  times,
  whole,
} from './exact';
import { limitedTotal } from './limits';
import { type Band, bandOf, slicesUpTo } from './rules/schedule';
import type { StepName, Trace, TraceStep } from './trace';

/** A step whose result does not follow from its inputs. */
export interface Mismatch {
  readonly step: TraceStep;
  readonly recomputed: string;
}

export interface Recomputed {
  /** The worth in minor units, from the trace alone. */
  readonly rounded: bigint;
  readonly mismatches: readonly Mismatch[];
}

/** Does the arithmetic of a trace again, reading nothing but its inputs. */
export function recompute({ steps }: Pick<Trace, 'steps'>): Recomputed {
  const mismatches: Mismatch[] = [];
  let rounded = 0n;
  for (const step of steps) {
    const result = ARITHMETIC[step.step]?.(step.inputs);
    if (result === undefined) continue;
    const recomputed = textOf(result);
    if (recomputed !== step.result) mismatches.push({ step, recomputed });
    if (step.step === 'round' || step.step === 'override') rounded = result.numerator;
  }
  return { rounded, mismatches };
}

type Inputs = TraceStep['inputs'];

const exact = (inputs: Inputs, name: string): Exact => Rational.parse(inputs[name] as string);
const integer = (inputs: Inputs, name: string): bigint => BigInt(inputs[name] as string);
const optional = (inputs: Inputs, name: string): bigint | null =>
  inputs[name] === null ? null : integer(inputs, name);
const modeOf = (inputs: Inputs): RoundingMode => inputs['mode'] as RoundingMode;

/** Steps without an entry are no arithmetic. */
const ARITHMETIC: Partial<Record<StepName, (inputs: Inputs) => Exact>> = {
  basis: (inputs) => {
    const [part, net] = [integer(inputs, 'part'), integer(inputs, 'net')];
    const added = integer(inputs, 'tax') - integer(inputs, 'fee');
    if (added === 0n) return whole(part);
    return net === 0n ? ZERO : Rational.of(part * (net + added), net);
  },
  percent: (inputs) => times(exact(inputs, 'of'), exact(inputs, 'rate')),
  flat: (inputs) =>
    times(
      Rational.ofDecimal(inputs['quantity'] as string),
      Rational.of(
        integer(inputs, 'amount') * integer(inputs, 'part'),
        integer(inputs, 'originalNet'),
      ),
    ),
  order: (inputs) =>
    Rational.of(
      integer(inputs, 'amount') * integer(inputs, 'part'),
      integer(inputs, 'originalNet'),
    ),
  band: (inputs) => bandOf(bandsOf(inputs), exact(inputs, 'measure')).rate,
  marginal: (inputs) => {
    const bands = bandsOf(inputs);
    return minus(
      slicesUpTo(bands, exact(inputs, 'after')),
      slicesUpTo(bands, exact(inputs, 'before')),
    );
  },
  pool: (inputs) => whole(shareOfPool(inputs, exact(inputs, 'pool'))),
  bonus: (inputs) =>
    inputs['refused'] === null && compare(exact(inputs, 'total'), exact(inputs, 'threshold')) >= 0
      ? whole(integer(inputs, 'amount'))
      : ZERO,
  line_limit: (inputs) => lineLimited(exact(inputs, 'amount'), inputs),
  limit: (inputs) => {
    const limit = { max: optional(inputs, 'max'), min: optional(inputs, 'min') };
    const before = exact(inputs, 'totalBefore');
    const after = plus(before, exact(inputs, 'amount'));
    const rounded = (total: Exact): bigint => round(limitedTotal(total, limit), modeOf(inputs));
    return whole(rounded(after) - rounded(before));
  },
  round: (inputs) => {
    const before = exact(inputs, 'totalBefore');
    const after = plus(before, exact(inputs, 'amount'));
    return whole(round(after, modeOf(inputs)) - round(before, modeOf(inputs)));
  },
  override: (inputs) => whole(round(exact(inputs, 'exact'), modeOf(inputs))),
};

const bandsOf = (inputs: Inputs): readonly Band[] =>
  (inputs['bands'] as readonly { upTo: string | null; rate: string }[]).map(({ upTo, rate }) => ({
    upTo: upTo === null ? undefined : Rational.parse(upTo),
    rate: Rational.parse(rate),
  }));

function shareOfPool(inputs: Inputs, pool: Exact): bigint {
  const weights = (inputs['weights'] as readonly string[]).map(BigInt);
  if (weights.every((weight) => weight === 0n)) return 0n;
  const mine = inputs['mine'] as readonly boolean[];
  return allocate(round(pool, modeOf(inputs)), weights).reduce(
    (sum, share, i) => (mine[i] ? sum + share : sum),
    0n,
  );
}

function lineLimited(amount: Exact, inputs: Inputs): Exact {
  const [floor, cap] = [optional(inputs, 'floor'), optional(inputs, 'cap')];
  const sign = amount.numerator < 0n ? whole(-1n) : whole(1n);
  let limited = times(amount, sign);
  if (floor !== null && exact(inputs, 'basis').numerator > 0n)
    limited = greaterOf(limited, whole(floor));
  if (cap !== null) limited = lesserOf(limited, whole(cap));
  return times(limited, sign);
}
