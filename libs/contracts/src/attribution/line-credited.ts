import type { Instant, Step, Uuid } from '@tributary/kernel';
import type { Published } from '../published';

export const LINE_CREDITED = 'attribution.line-credited.v1';

/** A partner's share of a line. All shares together are the line's net. */
export interface CreditedPart {
  readonly partner: string;
  readonly role: string;
  /** After refunds, minor units. */
  readonly basis: string;
}

/** What holds of a line since its step: everything that a plan may ask about it. Amounts are minor units of `asset`. */
export interface CreditedLine {
  /** Sourced. Empty: nobody brought it. */
  readonly parts: readonly CreditedPart[];
  /** Had a hand in it; each with the whole net, never to be added up. */
  readonly influenced: readonly { readonly partner: string; readonly basis: string }[];
  readonly gross: string;
  readonly discount: string;
  readonly tax: string;
  readonly net: string;
  readonly asset: string;
  readonly product: string;
  readonly productGroup: string | null;
  readonly quantity: string;
  readonly listPrice: string | null;
  readonly billing: string | null;
  readonly usage: { readonly meter: string; readonly quantity: string } | null;
  /** This line's share of the fee, as far as its net reaches, so that a line without net has no fee to deduct. */
  readonly marketplace: { readonly name: string; readonly fee: string } | null;
  readonly paidAt: Instant;
  /** Its payment's place among those of the customer, to 36. */
  readonly ordinal: number | null;
  readonly customer: {
    readonly pseudonym: string;
    readonly type: string | null;
    readonly country: string | null;
    readonly segment: string | null;
    readonly firstPaidAt: Instant | null;
    /** Both when it paid: who leaves later was a customer then. A customer without subscriptions is active. */
    readonly active: boolean;
    readonly reactivated: boolean;
  };
  readonly deal: { readonly id: string; readonly roles: readonly string[] } | null;
  readonly disputed: boolean;
  /** The decision in force, as `decisions` tells it; null before the first, and where the payment does not count. */
  readonly decision: Uuid | null;
}

/** Which decision, under which policy, on which evidence: enough to ask for the rest. */
export interface DecisionBehind {
  readonly decision: Uuid;
  readonly policy: { readonly id: string; readonly version: number; readonly hash: string };
  readonly rung: string;
  readonly unattributed: string | null;
  readonly evidence: readonly { readonly factId: Uuid; readonly hash: string }[];
}

export const LINE_PROBLEMS = [
  'asset_differs',
  'fee_refund_exceeds_fee',
  'refund_exceeds_payment',
] as const;
export type LineProblemCode = (typeof LINE_PROBLEMS)[number];

/** What was said about this line's payment and could not be applied. Nothing vanishes: a person has to look. */
export interface LineProblem {
  readonly factId: Uuid;
  readonly code: LineProblemCode;
  /** The part that was not applied, minor units. */
  readonly left: string;
}

/**
 * One line of one payment of one sale, as a timeline. It has no `from`: what holds at `t` is the last step at or before `t`.
 * A history of very many steps is told at a coarser grain: the last step of each day, then of each month, always with the first
 * and the latest.
 */
export interface LineCreditedData {
  readonly sale: string;
  readonly payment: string;
  readonly line: string;
  readonly programme: string | null;
  readonly steps: readonly Step<CreditedLine>[];
  readonly decisions: readonly DecisionBehind[];
  /** Facts of money behind it: the payment first, then its latest refunds and disputes, at most 50 in all. */
  readonly facts: readonly { readonly factId: Uuid; readonly hash: string }[];
  /** At most 20. */
  readonly problems: readonly LineProblem[];
}

export type LineCredited = Published<typeof LINE_CREDITED, LineCreditedData>;
