import type { Fault, Reading } from './reading';

/** What is wrong with it, or nothing. */
export const codesOf = (reading: Reading<unknown>): readonly Fault[] =>
  'faults' in reading ? reading.faults : [];
