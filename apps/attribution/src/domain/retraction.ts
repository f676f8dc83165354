import type { Instant } from '@tributary/kernel';
import type { FactRef } from './evidence';

/** Why a fact does not hold any longer. */
export interface TakenBack {
  readonly why: 'retracted' | 'superseded';
  /** The fact that says so. */
  readonly by: FactRef;
  readonly at: Instant;
}

/**
 * Of several that take one fact back one is shown, whichever came first: a retraction before a supersession, which ends where the fact
 * that supersedes is retracted itself; then the earliest.
 */
export function holdsBefore(a: TakenBack, b: TakenBack): boolean {
  if (a.why !== b.why) return a.why === 'retracted';
  return a.at === b.at ? a.by.factId < b.by.factId : a.at < b.at;
}

/** Of all retractions one is kept, for each is for good. Who supersedes may be retracted itself, and then the others still do. */
const isOne = (a: TakenBack, b: TakenBack): boolean =>
  a.why === b.why && (a.why === 'retracted' || a.by.factId === b.by.factId);

/** Whether it adds anything to what was said of the same fact, in any order. */
export const isNews = (said: TakenBack, known: readonly TakenBack[]): boolean =>
  known.every((each) => !isOne(each, said) || holdsBefore(said, each));

/** What was said of one fact, with the next word. */
export const withWord = <T extends TakenBack>(known: readonly T[], said: T): readonly T[] => [
  ...known.filter((each) => !isOne(each, said)),
  said,
];

/** As they hold, whatever the order in which they were said. */
export const inForceFirst = <T extends TakenBack>(words: readonly T[]): readonly T[] =>
  words.length < 2 ? words : words.toSorted((a, b) => (holdsBefore(a, b) ? -1 : 1));
