import type { Day, Instant, PeriodKey, Uuid } from '@tributary/kernel';
import type { Declared, OfTax } from './events';

interface ByPerson {
  readonly of: OfTax;
  readonly remittance: Uuid;
  readonly by: string;
  readonly receivedAt: Instant;
}

/** What the register says of the remittance before this one: nothing is counted before all of its items have heard of it. */
export interface LastSeen {
  readonly remittance: Uuid;
  readonly remitted: string;
  readonly recovered: string;
}

export interface ProposeRemittance extends ByPerson, Omit<Declared, 'remittance' | keyof OfTax> {
  readonly type: 'ProposeRemittance';
  readonly today: Day;
  /** Whose `rail` is; null where nobody has registered it. */
  readonly payer: Omit<OfTax, 'rule'> | null;
  readonly last: LastSeen | null;
}
export interface ApproveRemittance extends ByPerson {
  readonly type: 'ApproveRemittance';
}
export interface WithdrawRemittance extends ByPerson {
  readonly type: 'WithdrawRemittance';
  readonly reason: string;
}

export type RemittanceCommand = ApproveRemittance | ProposeRemittance | WithdrawRemittance;

export type RemittanceRejected =
  | { readonly code: 'account_differs'; readonly rail: string }
  | { readonly code: 'account_unknown'; readonly rail: string }
  | { readonly code: 'invalid_amount' }
  | { readonly code: 'month_in_future'; readonly month: PeriodKey }
  | { readonly code: 'more_than_recoverable'; readonly recoverable: string }
  | { readonly code: 'more_than_withheld'; readonly owed: string }
  | { readonly code: 'nothing_withheld'; readonly month: PeriodKey }
  | { readonly code: 'paid_in_future'; readonly paidOn: Day }
  | { readonly code: 'paid_too_early'; readonly paidOn: Day }
  | { readonly code: 'paying_account_missing' }
  | { readonly code: 'reference_used'; readonly remittance: Uuid }
  | { readonly code: 'register_behind' }
  | { readonly code: 'remittance_unknown' }
  | { readonly code: 'remittance_waits'; readonly remittance: Uuid }
  | { readonly code: 'same_person' }
  | { readonly code: 'tax_remitted'; readonly remitted: string };
