import type { Track } from '@tributary/contracts';
import { type Instant, PersistentMap } from '@tributary/kernel';
import type { Risk } from '../evaluation/risks';
import { type Tallies, noTallies } from '../evaluation/tallies';
import type { Fact } from '../facts/fact';
import type { RulesStep } from '../rules/content';
import type { AnnulmentProposed, StandingProposed, TaskOpened } from './events';
import type { Start, Tier } from './starts';
import type { Steps } from './timeline';

/** A tier that nothing entitles to any more, and until when it stays all the same. */
export interface Notice {
  readonly tier: string;
  readonly endsAt: Instant;
  /** Who has appealed; while it is not decided, the tier stays. */
  readonly appealedBy: string | null;
}

/** At most this tier, from a day on. */
export interface Cap {
  readonly tier: Tier;
  readonly from: Instant;
  readonly until: Instant | null;
}

export type Task = Pick<TaskOpened['data'], 'kind' | 'owner' | 'subject' | 'task' | 'tier'> & {
  readonly isDone: boolean;
};

export interface Standing {
  /** Null until a fact or rules were told. */
  readonly track: Track | null;
  readonly isOpen: boolean;
  readonly latestProposal: number;
  readonly pending: StandingProposed['data'] | null;
  /** By hand, whatever the evidence says. */
  readonly grants: readonly Start[];
  readonly caps: readonly Cap[];
  readonly latestAnnulment: number;
  readonly pendingAnnulment: AnnulmentProposed['data'] | null;
  readonly steps: Steps;
  readonly toldAt: Instant | null;
  /** The latest time that anything here has seen. */
  readonly clock: Instant | null;
  readonly facts: PersistentMap<Fact>;
  /** What the facts come to under the rules; kept up, and never stored. */
  readonly tallies: Tallies;
  readonly rules: { readonly revision: number; readonly steps: readonly RulesStep[] };
  readonly notices: readonly Notice[];
  readonly risks: readonly Risk[];
  readonly latestTask: number;
  /** Open ones, and those that are done while their tier lasts. */
  readonly tasks: readonly Task[];
  /** Of the last quarterly scorecard. */
  readonly quarter: string | null;
}

export const initialStanding: Standing = {
  track: null,
  isOpen: false,
  latestProposal: 0,
  pending: null,
  grants: [],
  caps: [],
  latestAnnulment: 0,
  pendingAnnulment: null,
  steps: [],
  toldAt: null,
  clock: null,
  facts: PersistentMap.empty<Fact>(),
  tallies: noTallies,
  rules: { revision: 0, steps: [] },
  notices: [],
  risks: [],
  latestTask: 0,
  tasks: [],
  quarter: null,
};

export const factsOf = ({ facts }: Standing): readonly Fact[] =>
  facts.entries().map(([, fact]) => fact);
