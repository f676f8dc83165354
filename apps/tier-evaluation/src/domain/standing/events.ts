import type { StandingData, Track } from '@tributary/contracts';
import { type DomainEvent, type Instant, type StreamName, streamOf } from '@tributary/kernel';

export const standingStreamOf = (tenant: string, partner: string, track: string): StreamName =>
  streamOf('standing', tenant, partner, track);

interface Proposal {
  readonly partner: string;
  readonly track: Track;
  /** Counts what was proposed for this partner and track. */
  readonly proposal: number;
  /** Null: no tier from then on. */
  readonly tier: string | null;
  readonly reason: string;
  /** References to what it rests on, such as a document or a ticket. */
  readonly evidence: readonly string[];
}

/** A tier that waits for a second person. `from` is null where it is to hold from the approval on. */
export type StandingProposed = DomainEvent<
  'StandingProposed',
  Proposal & { readonly from: Instant | null; readonly by: string }
>;
/** From here on rates read it. `steps` is the whole timeline as it now stands. */
export type StandingGranted = DomainEvent<
  'StandingGranted',
  Proposal &
    StandingData & {
      readonly at: Instant;
      readonly from: Instant;
      readonly proposedBy: string;
      readonly by: string;
    }
>;
/** Also how whoever proposed it takes it back. */
export type StandingProposalRejected = DomainEvent<
  'StandingProposalRejected',
  Omit<Proposal, 'reason'> & {
    readonly from: Instant | null;
    readonly proposedBy: string;
    /** Why it was proposed. */
    readonly proposedFor: string;
    readonly by: string;
    readonly reason: string;
  }
>;

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type StandingEvent = StandingGranted | StandingProposalRejected | StandingProposed;
