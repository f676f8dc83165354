import { type DomainEvent, type Instant, type StreamName, streamOf } from '@tributary/kernel';
import type { WithholdingRule } from './rules';

/** One stream per entity that pays: taxes are kept back by whoever pays. */
export const taxStreamOf = (tenant: string, entity: string): StreamName =>
  streamOf('tax', tenant, entity);

interface Worded {
  readonly entity: string;
  /** Over everything that is worded here. */
  readonly hash: string;
  /** Of the first payment that it governs. */
  readonly effectiveFrom: Instant;
  /** None: two persons declare that this entity keeps nothing back. */
  readonly rules: readonly WithholdingRule[];
  /** Who says so: the accountant, the opinion, the ruling. */
  readonly source: string;
}

/** Waits for a second person; a later one takes its place. */
export type WithholdingRulesProposed = DomainEvent<
  'WithholdingRulesProposed',
  Worded & { readonly by: string }
>;
/** From here on runs are computed by it, and it never changes. */
export type WithholdingRulesActivated = DomainEvent<
  'WithholdingRulesActivated',
  Worded & {
    /** Counts from 1. */
    readonly version: number;
    readonly proposedBy: string;
    readonly by: string;
  }
>;

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type TaxEvent = WithholdingRulesActivated | WithholdingRulesProposed;
