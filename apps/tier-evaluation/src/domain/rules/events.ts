import { type DomainEvent, type Instant, type StreamName, streamOf } from '@tributary/kernel';
import type { RulesStep, TierRules } from './content';

/** One stream per track: two of them would contradict each other, and no stream could tell. */
export const rulesStreamOf = (tenant: string, track: string): StreamName =>
  streamOf('rules', tenant, track);

/** Under this name standings ask for the rules of their track. */
export const topicOfRules = (track: string): string => `rules:${track}`;

interface Worded {
  readonly track: string;
  readonly hash: string;
  readonly content: TierRules;
  readonly effectiveFrom: Instant;
}

/** A wording that waits for a second person; a later one takes its place. */
export type RulesDrafted = DomainEvent<'RulesDrafted', Worded & { readonly by: string }>;
/** From here on it is told to every standing of the track, and never changes. */
export type RulesPublished = DomainEvent<
  'RulesPublished',
  Worded & {
    /** Counts from 1; also the revision of `steps`. */
    readonly version: number;
    readonly at: Instant;
    readonly draftedBy: string;
    readonly by: string;
    /** All versions, as a timeline. */
    readonly steps: readonly RulesStep[];
  }
>;

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type RulesEvent = RulesDrafted | RulesPublished;
