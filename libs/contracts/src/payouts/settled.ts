import type { Asset, Day, Uuid } from '@tributary/kernel';
import type { Published } from '../published';

export const PAYOUT_SETTLED = 'payouts.settled.v1';

/** A bank statement says that this item was paid. Amounts are minor units as text. */
export interface PayoutSettledData {
  readonly item: string;
  readonly run: Uuid;
  readonly partner: string;
  readonly entity: string;
  readonly asset: Asset;
  readonly gross: string;
  readonly withheld: string;
  readonly net: string;
  readonly bookedOn: Day;
  readonly bankReference: string | null;
}

export type PayoutSettledTold = Published<typeof PAYOUT_SETTLED, PayoutSettledData>;
