import type { StandingRejected } from '../domain/standing/commands';

/** Of what a standing refuses, whoever asks. */
export const STANDING_STATUS: Readonly<Record<StandingRejected['code'], number>> = {
  already_appealed: 409,
  annulment_in_future: 422,
  annulment_unknown: 409,
  demotion_backdated: 422,
  history_full: 409,
  keeps_too_short: 422,
  not_appealed: 409,
  not_noticed: 409,
  not_pending: 409,
  nothing_to_change: 422,
  same_person: 403,
  task_unknown: 404,
  tier_unknown: 422,
  track_unknown: 404,
};
