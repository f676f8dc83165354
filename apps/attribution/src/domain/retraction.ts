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
