import type { Refusals } from '@tributary/platform';
import type { RailRejected } from '../domain/rail/commands';
import { FILE_REFUSALS } from './files.refusals';

export const RAIL_REFUSALS: Refusals<RailRejected> = {
  ...FILE_REFUSALS,
  amount_mismatch: [
    422,
    'The payments named do not come to the amount of the line: `items` against `line`.',
  ],
  break_explained_by_matching: [
    409,
    'What such a break is about is settled by matching its line, or by the statement that is missing; it cannot be closed by hand.',
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
  item_returned: [409, 'The payment has come back already.'],
  item_settled: [409, 'Another line has settled this payment already.'],
  item_unknown: [404, 'There is no payment of this reference in this paying account.'],
  line_matched: [409, 'The line is matched already, as `kind` says; take that match back first.'],
  line_not_matched: [409, 'The line is not matched, so there is nothing to take back.'],
  line_unknown: [404, 'There is no such line in the statements of this paying account that count.'],
  matching_behind: [409, 'Matching is still at work on what came in; try again in a moment.'],
  no_match_proposed: [409, 'Nobody has proposed a match of this line; that comes first.'],
  statement_incomplete: [
    409,
    'Not all lines of the statement have come in: `received` of `lines`.',
  ],
  statement_not_waiting: [
    409,
    'The statement does not wait for a person: it counts already, was refused, or is still being read.',
  ],
  statement_unknown: [404, 'There is no such statement of this paying account.'],
};
