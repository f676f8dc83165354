import { type Instant, Rational } from '@tributary/kernel';
import type { DueKey } from './facts';
import type { PlanVersion } from './plan';

export const ZERO_REASONS = [
  /** The payment no longer falls into this window. */
  'outside_window',
  /** No version was in force when it was paid. */
  'no_plan',
  'no_plan_in_this_currency',
  /** The partner has no share in the line, or no longer. */
  'not_credited',
  'partner_unknown',
  'partner_not_active',
  /** No active agreement names this plan, or, for an override, this parent. */
  'no_agreement',
  /** The plan is not for partners of this type. */
  'not_applicable',
  'excluded_product',
  /** No rule's conditions hold. */
  'no_rule',
  /** A rule's conditions hold, and its time is over. */
  'duration_over',
  'no_tier',
  'not_in_matrix',
  'no_split_in_agreement',
  /** Refunded in full, or given away. */
  'zero_basis',
  'zero_rate',
  'awaiting_child_posting',
  'threshold_not_reached',
  'cap_reached',
  /** Two persons decided so. */
  'overridden',
  /** Less than half a minor unit. */
  'rounds_to_zero',
] as const;
export type ZeroReason = (typeof ZERO_REASONS)[number];

/** What has to end before a positive amount may be released, apart from its time. */
export type HoldCondition = 'approval' | 'dispute' | 'suspended';

export interface Hold {
  readonly until: Instant;
  readonly conditions: readonly HoldCondition[];
}

/** What one line is worth, under everything that is known at a moment. A key that is not in an answer is worth nothing. */
export interface LineDue {
  readonly key: DueKey;
  /** Whose payment it belongs to; of a bonus, when its threshold was reached. */
  readonly paidAt: Instant;
  /** The version that governs it; null: none. */
  readonly plan: PlanVersion | null;
  /** The exact worth is numerator / denominator, not in lowest terms: `exactOf` gives those. */
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly rounded: bigint;
  /** Why it is zero; null exactly where it is not. */
  readonly reason: ZeroReason | null;
  /** The limit that cut or raised it. */
  readonly limitedBy: string | null;
  /** Null where there is nothing to hold. */
  readonly hold: Hold | null;
}

export const exactOf = ({ numerator, denominator }: LineDue): Rational =>
  Rational.of(numerator, denominator);

/** One text per key, to look a line up by. */
export function keyText(key: DueKey): string {
  if ('window' in key) return `${key.rule} ${key.window}`;
  const { sale, payment, line, rule, child } = key;
  return `${sale} ${payment} ${line} ${rule ?? ''} ${child ?? ''}`;
}
