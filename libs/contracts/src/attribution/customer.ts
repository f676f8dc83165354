import type { Instant, Step } from '@tributary/kernel';
import type { Published } from '../published';

export const CUSTOMER = 'attribution.customer.v1';

export interface CustomerActivity {
  readonly active: boolean;
  readonly reactivated: boolean;
  /** Per month, minor units; null while no subscription has said. */
  readonly mrr: string | null;
  readonly asset: string | null;
  readonly interval: string | null;
  readonly partners: readonly string[];
  /**
   * How they share it, in the order in which a cent that is left over is given; weights mean something only beside one another.
   * Missing in what was told before shares were.
   */
  readonly shares?: readonly { readonly partner: string; readonly weight: number }[];
}

/** A customer's subscriptions and the partners credited with it, as a timeline. */
export interface CustomerData {
  readonly customer: string;
  /** The oldest of those that turned out to be the same one; itself, mostly. */
  readonly canonical: string;
  readonly programme: string | null;
  readonly signedUpAt: Instant | null;
  readonly firstPaidAt: Instant | null;
  readonly country: string | null;
  readonly steps: readonly Step<CustomerActivity>[];
}

export type Customer = Published<typeof CUSTOMER, CustomerData>;
