import type { Asset, Day, Uuid } from '@tributary/kernel';
import type { Published } from '../published';

export const PAYOUT_RETURNED = 'payouts.returned.v1';

/** A settled item came back: the amount is owed again, less what the partner owed meanwhile. */
export interface PayoutReturnedData {
  readonly item: string;
  readonly run: Uuid;
  readonly partner: string;
  readonly entity: string;
  readonly asset: Asset;
  readonly gross: string;
  readonly net: string;
  readonly bookedOn: Day;
  readonly reason: string | null;
  readonly bankReference: string | null;
}

export type PayoutReturnedTold = Published<typeof PAYOUT_RETURNED, PayoutReturnedData>;
