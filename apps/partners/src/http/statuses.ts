import type { Refusals } from '@tributary/platform';
import type { NotInHistory } from '../domain/history';

export const SERVICE = 'partners';

/** Of what has no place in a history, whichever it is. */
export const NOT_IN_HISTORY: Refusals<NotInHistory> = {
  before_creation: [
    422,
    'Nothing can change before it was created, at the time that `createdAt` names.',
  ],
  history_full: [
    409,
    'So many changes are on record that one more does not fit into what is told to others.',
  ],
  instant_taken: [
    409,
    'Another change takes effect at this very time; choose another, were it a millisecond later.',
  ],
  nothing_to_change: [422, 'Name at least one thing that is to change.'],
};
