import type { Step } from '@tributary/kernel';
import type { Published } from '../published';

export const STANDING = 'tiers.standing.v1';

/** The tiers of each track, the lowest first. A partner stands in every track on its own. */
export const TRACKS = {
  commercial: ['certified', 'preferred', 'strategic'],
  integration: ['self-serve', 'joint', 'strategic'],
} as const;
export type Track = keyof typeof TRACKS;

/** Null: no tier at all. */
export interface StandingValue {
  /** What rates read. */
  readonly applied: string | null;
  /** What the evidence says; of a grant by hand the same as `applied`. */
  readonly entitled: string | null;
}

/**
 * `at` is the decision, `from` the sales that it governs by their paidAt: for a sale paid at `p`, seen at `t`, ask
 * `valueAt(timeline, t, p)`. What was known at a time is never rewritten.
 */
export interface StandingData {
  readonly partner: string;
  readonly track: Track;
  readonly steps: readonly Step<StandingValue>[];
}

export type StandingTold = Published<typeof STANDING, StandingData>;
