import { type Exact, textOf, times } from '../exact';
import type { BasisPoints } from '../plan';
import type { Recorder } from '../trace';
import { type Payer, rateOf } from './payer';

export function payPercent(bp: BasisPoints): Payer {
  const rate = rateOf(bp);
  return ({ basis, trace }) => percentOf(basis, rate, trace);
}

export function percentOf(of: Exact, rate: Exact, trace: Recorder): Exact {
  const amount = times(of, rate);
  trace?.push({
    step: 'percent',
    inputs: { of: textOf(of), rate: textOf(rate) },
    result: textOf(amount),
  });
  return amount;
}
