import { type Refusals, SAME_PERSON } from '@tributary/platform';
import type { StandingRejected } from '../domain/standing/commands';

/** Of what a standing refuses, whoever asks. */
export const STANDING_REFUSALS: Refusals<StandingRejected> = {
  already_appealed: [
    409,
    'The notice of this demotion is appealed already; the appeal waits for its decision.',
  ],
  annulment_in_future: [422, 'An annulment is of the past: let it begin at `at` or before.'],
  annulment_unknown: [
    409,
    'This annulment does not wait for a decision; `pending` names the one that does, if any.',
  ],
  demotion_backdated: [
    422,
    'Whoever was paid by a tier keeps what it earned: let the lower tier begin at `earliest` or later.',
  ],
  history_full: [
    409,
    'So many changes of this standing are on record that one more does not fit into what is told to others.',
  ],
  keeps_too_short: [
    422,
    'An appeal that is granted keeps the tier to the end of the notice at least: name `earliest` or later.',
  ],
  not_appealed: [409, 'Nobody has appealed against this notice, so there is nothing to decide.'],
  not_noticed: [409, 'No notice of a demotion from this tier runs; `notices` names those that do.'],
  not_pending: [
    409,
    'This proposal does not wait for a decision (any more); `pending` names the one that does, if any.',
  ],
  nothing_to_change: [422, 'The standing is so already; nothing would change.'],
  same_person: SAME_PERSON,
  task_unknown: [404, 'There is no open task of this name in this standing.'],
  tier_unknown: [422, 'The track has no such tier; `tiers` lists those it has.'],
  track_unknown: [404, 'There is no such track; `tracks` lists those there are.'],
};
