import type { ProspectRejected } from '../domain/prospect/commands';

export const STATUS: Readonly<Record<ProspectRejected['code'], number>> = {
  claim_already_decided: 409,
  claim_in_conflict: 409,
  claim_incomplete: 409,
  claim_not_found: 404,
  claim_not_protected: 409,
  claim_withdrawn: 409,
  conflict_already_decided: 409,
  conflict_not_found: 404,
  conflict_settled: 409,
  direct_account_already_marked: 409,
  direct_account_not_marked: 409,
  no_extension_left: 409,
  not_a_side: 422,
  prospect_not_found: 404,
  protection_ended: 409,
  protection_ends_before_it_begins: 422,
};
