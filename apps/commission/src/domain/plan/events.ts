import {
  type DomainEvent,
  type Instant,
  type JsonObject,
  type Step,
  type StreamName,
  streamOf,
} from '@tributary/kernel';
import type { PlanVersion } from '../../../engines/v1/plan';

export const planStreamOf = (tenant: string, plan: string): StreamName =>
  streamOf('plan', tenant, plan);

/** What everybody who earns under a plan is told of a version. */
export interface PlanTold {
  readonly version: number;
  /** Over the canonical bytes of `plan`. */
  readonly hash: string;
  /** Which engine computes it, and the hash over everything that this engine is made of. */
  readonly engine: string;
  readonly engineHash: string;
  readonly plan: PlanVersion;
}

/** `at`: its approval. `from`: the sales that it governs, by their paidAt. */
export type PlanStep = Step<PlanTold>;

/** A wording that waits for a second person; a later one takes its place. */
export type PlanVersionDrafted = DomainEvent<
  'PlanVersionDrafted',
  {
    readonly plan: string;
    readonly version: number;
    readonly hash: string;
    readonly content: PlanVersion;
    readonly by: string;
  }
>;

/** From here on lines are paid by it, and it never changes. */
export type PlanVersionPublished = DomainEvent<
  'PlanVersionPublished',
  {
    readonly plan: string;
    /** Counts from 1. */
    readonly version: number;
    readonly hash: string;
    readonly at: Instant;
    readonly draftedBy: string;
    readonly by: string;
    /** Codes of warnings that the second person has read. */
    readonly acknowledged: readonly string[];
    /** Errors that the second person has lifted, and why. */
    readonly override: Override | null;
    /**
     * What this approval adds to the timeline of the plan: the step of the version, then again those of versions that start after
     * it. A step never changes, so each approval is told once, under a key of its own, however many versions a plan has.
     */
    readonly steps: readonly PlanStep[];
  }
>;

export interface Override {
  readonly codes: readonly string[];
  readonly reason: string;
}

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type PlanEvent = PlanVersionDrafted | PlanVersionPublished;

export const topicOfPlan = (plan: string): string => `plan:${plan}`;

/** As it is told to the windows that follow the plan: all keys of the topic together are its timeline. */
export const toldOfPlan = ({ plan, version, steps }: PlanVersionPublished['data']) => ({
  topic: topicOfPlan(plan),
  key: String(version),
  revision: 1,
  data: { steps } as unknown as JsonObject,
});
