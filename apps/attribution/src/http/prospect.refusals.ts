import type { Refusals } from '@tributary/platform';
import type { ProspectRejected } from '../domain/prospect/commands';

export const REFUSALS: Refusals<ProspectRejected> = {
  claim_already_decided: [409, 'The claim is decided already; `state` says how.'],
  claim_in_conflict: [
    409,
    'Other claims want the same customer; decide the conflicts that `conflicts` names.',
  ],
  claim_incomplete: [
    409,
    'The claim lacks something that the programme asks for; complete it first.',
  ],
  claim_not_found: [404, 'This prospect has no claim of this id.'],
  claim_not_protected: [
    409,
    'Only a claim that is protected can be extended; `state` says what this one is.',
  ],
  claim_withdrawn: [409, 'The partner has withdrawn the claim.'],
  conflict_already_decided: [
    409,
    'The conflict is decided already; `winner` names the claim that won.',
  ],
  conflict_not_found: [404, 'This prospect has no conflict of this id.'],
  conflict_settled: [409, 'The conflict is over without a decision; `how` says why.'],
  direct_account_already_marked: [
    409,
    'The direct sales team holds this account already, since the time that `since` names.',
  ],
  direct_account_not_marked: [409, 'The direct sales team does not hold this account.'],
  no_extension_left: [
    409,
    'The protection was extended as often as the programme allows, `extensions` times.',
  ],
  not_a_side: [422, 'The winner has to be one of the two sides; `sides` names them.'],
  prospect_not_found: [404, 'There is no prospect of this id.'],
  protection_ended: [
    409,
    'The protection ended at the time that `until` names; what has ended cannot be extended.',
  ],
  protection_ends_before_it_begins: [
    422,
    'Protection until the time that `until` names would be over before it begins; name a later one.',
  ],
};
