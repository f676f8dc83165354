import type { RailRejected } from '../domain/rail/commands';
import { FILE_STATUS } from './files.status';

export const RAIL_STATUS: Readonly<Record<RailRejected['code'], number>> = {
  ...FILE_STATUS,
  amount_mismatch: 422,
  break_explained_by_matching: 409,
  break_unknown: 404,
  invalid_kind: 422,
  item_not_settled: 409,
  item_returned: 409,
  item_settled: 409,
  item_unknown: 404,
  line_matched: 409,
  line_not_matched: 409,
  line_unknown: 404,
  matching_behind: 409,
  no_match_proposed: 409,
  statement_incomplete: 409,
  statement_not_waiting: 409,
  statement_unknown: 404,
};
