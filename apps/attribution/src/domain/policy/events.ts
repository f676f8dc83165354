import { type DomainEvent, type Instant, type StreamName, streamOf } from '@tributary/kernel';
import type { PolicyContent, PolicyStep } from './policy-content';

/** One stream per programme, which also names its policy: two of them would contradict each other, and no stream could tell. */
export const policyStreamOf = (tenant: string, programme: string): StreamName =>
  streamOf('policy', tenant, programme);

interface Worded {
  readonly policy: string;
  readonly hash: string;
  readonly content: PolicyContent;
  readonly effectiveFrom: Instant;
}

/** A wording that waits for a second person; a later one takes its place. */
export type PolicyVersionDrafted = DomainEvent<
  'PolicyVersionDrafted',
  Worded & { readonly by: string }
>;
/** From here on it is told to every customer of the programme, and never changes. */
export type PolicyVersionPublished = DomainEvent<
  'PolicyVersionPublished',
  Worded & {
    /** Counts from 1; also the revision of `steps`. */
    readonly version: number;
    readonly at: Instant;
    readonly draftedBy: string;
    readonly by: string;
    /** All versions, as a timeline. */
    readonly steps: readonly PolicyStep[];
  }
>;

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type PolicyEvent = PolicyVersionDrafted | PolicyVersionPublished;
