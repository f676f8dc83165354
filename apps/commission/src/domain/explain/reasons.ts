import type { ZeroReason } from '../../../engines/v1/line-due';

/** Why a line earns nothing, to whom it may concern. */
const REASONS: Readonly<Record<ZeroReason | 'awaiting_programme', string>> = {
  awaiting_programme: 'the programme of the plan is not known yet',
  outside_window: 'the payment no longer falls into this window',
  no_plan: 'no version of the plan was in force when it was paid',
  no_plan_in_this_currency: 'there is no plan in this currency',
  not_credited: 'you are not credited with it',
  partner_unknown: 'the partner is not known yet',
  partner_not_active: 'the partner was not active when it was paid',
  no_agreement: 'no agreement under this plan was in force when it was paid',
  not_applicable: 'the plan is not for partners of this type',
  excluded_product: 'the plan does not pay on this product',
  no_rule: 'no rule of the plan applies to it',
  duration_over: 'the time for which the plan pays on it is over',
  no_tier: 'no tier was in force when it was paid',
  not_in_matrix: 'the plan names no rate for it',
  no_split_in_agreement: 'the agreement says nothing about how it is shared',
  zero_basis: 'nothing is left of what was paid',
  zero_rate: 'its rate is zero',
  awaiting_child_posting: 'nothing has been posted yet for the partner below',
  threshold_not_reached: 'the threshold has not been reached',
  cap_reached: 'the cap has been reached',
  overridden: 'two persons decided so',
  rounds_to_zero: 'it is less than half of the smallest unit',
};

export const reasonText = (reason: string): string =>
  (REASONS as Readonly<Record<string, string>>)[reason] ?? reason.replaceAll('_', ' ');
