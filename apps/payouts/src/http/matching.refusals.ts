import type { Refusals } from '@tributary/platform';
import type { RailRejected } from '../domain/rail/commands';
import { FILE_REFUSALS } from './files.refusals';

export const RAIL_REFUSALS: Refusals<RailRejected> = {
  ...FILE_REFUSALS,
  account_differs: [422, 'The paying account is of another entity or currency.'],
  amount_mismatch: [
    422,
    'What was named does not come to the amount of the line: `items` against `line`.',
  ],
  break_explained_by_matching: [
    409,
    'What such a break is about is settled by matching its line, or by the statement that is missing, or by accepting or dismissing the one that it is about; it cannot be closed by hand.',
  ],
  break_unknown: [404, 'There is no open break of this id.'],
  invalid_kind: [
    422,
    'A line on this side cannot be matched as this kind, or not with these payments.',
  ],
  item_not_settled: [
    409,
    'Only a payment that was settled can come back; match the line that settled it first.',
  ],
  item_rejected: [
    409,
    'The bank has rejected this payment, so that it is owed again and no payment of it is booked. Ask the bank to take its rejection back, or match the line as `outside`.',
  ],
  item_returned: [409, 'The payment has come back already.'],
  item_settled: [409, 'Another line has settled this payment already.'],
  item_unknown: [404, 'There is no payment of this reference in this paying account.'],
  line_matched: [409, 'The line is matched already, as `kind` says; take that match back first.'],
  line_not_matched: [409, 'The line is not matched, so there is nothing to take back.'],
  line_unknown: [404, 'There is no such line in the statements of this paying account that count.'],
  matching_behind: [409, 'Matching is still at work on what came in; try again in a moment.'],
  more_than_owed: [409, 'That is more than the partner owes, which is `owed`.'],
  no_match_proposed: [409, 'Nobody has proposed a match of this line; that comes first.'],
  nothing_owed: [409, 'The partner owes nothing in this account.'],
  remittance_matched: [409, 'Another line shows this remittance already, which is `line`.'],
  remittance_unknown: [404, 'No remittance of this id was paid from this paying account.'],
  repayment_final: [
    409,
    'What a partner paid back is not taken back. An adjustment, which two persons make, moves it to whom it belongs.',
  ],
  statement_incomplete: [
    409,
    'Not all lines of the statement have come in: `received` of `lines`.',
  ],
  statement_not_waiting: [
    409,
    'The statement does not wait for a person: it counts already, was refused, is still being read, or begins before the books of the account do.',
  ],
  statement_unknown: [404, 'There is no such statement of this paying account.'],
};
