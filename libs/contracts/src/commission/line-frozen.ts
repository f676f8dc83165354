import type { Published } from '../published';
import type { OfCommissionLine } from './line';

export const LINE_FROZEN = 'commission.line-frozen.v1';

/** How much of what was released of a line must not be paid while its payment is disputed or a person holds it; "0": nothing any longer. */
export interface LineFrozenData extends OfCommissionLine {
  readonly amount: string;
}

export type LineFrozenTold = Published<typeof LINE_FROZEN, LineFrozenData>;
