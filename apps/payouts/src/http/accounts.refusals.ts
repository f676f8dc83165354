import { type Refusals, SAME_PERSON } from '@tributary/platform';
import type { AccountRejected } from '../domain/account/commands';

/** Of every refusal of an account, whoever asked. */
export const ACCOUNT_REFUSALS: Refusals<AccountRejected> = {
  adjustment_exists: [409, 'There is an adjustment of this id already.'],
  adjustment_unknown: [404, 'No adjustment of this id waits for approval.'],
  amount_differs: [409, 'The amount is not that of the payment, which is `expected`.'],
  decision_unknown: [409, 'Nobody has proposed a decision of this dispute; that comes first.'],
  details_changed: [409, "The payee's bank details have changed since the payment was reserved."],
  dispute_decided: [409, 'The dispute is decided already.'],
  dispute_exists: [409, 'There is a dispute of this id already.'],
  dispute_unknown: [404, 'There is no such dispute in this account.'],
  documents_missing: [409, 'Something is missing of the payee since the payment was reserved.'],
  invalid_amount: [
    422,
    'The amount is outside of what is possible here: none is below zero, and zero only where it says something.',
  ],
  item_accepted: [409, 'The bank has taken this payment, or may have.'],
  item_cancelled: [409, 'The reservation of this payment was cancelled.'],
  item_instructed: [
    409,
    'The payment is on its way to the bank; its reservation can no longer be cancelled.',
  ],
  item_not_instructed: [409, 'The payment is not on its way to the bank yet.'],
  item_not_settled: [409, 'The bank statement does not show this payment yet.'],
  item_rejected: [409, 'The bank has rejected this payment.'],
  item_returned: [409, 'The payment has come back already.'],
  item_settled: [409, 'The bank statement shows this payment already.'],
  item_unknown: [404, 'There is no such payment in this account.'],
  line_already_disputed: [409, 'Another dispute is about this line.'],
  lines_differ: [422, 'Name each line of the dispute exactly once.'],
  more_than_owed: [409, 'That is more than the partner owes, which is `owed`.'],
  more_than_remitted: [409, 'That is more than the tax authority has for this payment.'],
  more_than_withheld: [409, 'That is more than was withheld of this payment.'],
  nothing_owed: [409, 'The partner owes nothing in this account.'],
  partner_suspended: [409, 'The partner is suspended by now.'],
  proposal_unknown: [404, 'Nothing of this id waits for approval in this account.'],
  same_person: SAME_PERSON,
  tax_not_withheld: [409, 'Nothing was withheld of this payment by that rule.'],
  write_off_exists: [409, 'There is a write-off of this id already.'],
  write_off_unknown: [404, 'No write-off of this id waits for approval.'],
};
