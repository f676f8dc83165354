import { type Step, uuidV5, withoutDashes } from '@tributary/kernel';
import type { Published } from '../published';

export const LINK = 'partners.link.v1';

export const LINK_KINDS = ['link', 'coupon'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

export interface LinkValue {
  /** The partner whom a click or a redemption speaks for; null: nobody from then on. */
  readonly owner: string | null;
  readonly programme: string;
}

/** Who owns a referral link or a coupon code since when. A step has `at` alone: the owner at the time of the touch counts. */
export interface LinkData {
  /** Of a link its code, as in the address; of a coupon `couponIdOf`. */
  readonly link: string;
  readonly kind: LinkKind;
  /** The system that redeems the coupon; null for a link. */
  readonly system: string | null;
  readonly code: string;
  readonly steps: readonly Step<LinkValue>[];
}

export type LinkTold = Published<typeof LINK, LinkData>;

/** A code is what its system says, to the letter: whether upper and lower case differ is not ours to know. */
export const couponIdOf = (tenant: string, system: string, code: string): string =>
  withoutDashes(uuidV5('coupon', tenant, system, code));
