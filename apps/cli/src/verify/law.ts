import type { Recorded } from '@tributary/kernel';
import type { Finding } from './finding';

/** Something that must hold of a log after each of its events, and can be judged from the log alone. */
export interface Law {
  take(event: Recorded): Finding | undefined;
}
