import type { NotInHistory } from '../domain/history';

export const SERVICE = 'partners';

/** Of what has no place in a history, whichever it is. */
export const NOT_IN_HISTORY: Readonly<Record<NotInHistory['code'], number>> = {
  before_creation: 422,
  history_full: 409,
  instant_taken: 409,
  nothing_to_change: 422,
};
