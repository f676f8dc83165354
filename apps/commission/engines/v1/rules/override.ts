import { whole } from '../exact';
import type { BasisPoints } from '../plan';
import { type Payer, rateOf } from './payer';
import { payPercent, percentOf } from './percent';

/** What a parent earns on a child's line: a share of its basis, or of what was posted for the child. */
export function payOverride(bp: BasisPoints, of: 'basis' | 'child_commission'): Payer {
  if (of === 'basis') return payPercent(bp);
  const rate = rateOf(bp);
  return ({ posted, trace }) =>
    posted === undefined ? 'awaiting_child_posting' : percentOf(whole(posted), rate, trace);
}
