import type { Instant } from '@tributary/kernel';
import type { Source, Told } from '../facts/fact';
import type { RulesStep } from '../rules/content';
import type { Tier } from './starts';

interface OfStanding {
  readonly partner: string;
  readonly track: string;
}
type Deciding = OfStanding & { readonly by: string; readonly receivedAt: Instant };

// What follows from what was told, and is never refused.

export interface LearnFact extends OfStanding {
  readonly type: 'LearnFact';
  readonly told: Told;
  readonly revision: number;
  readonly source: Source;
  /** When it became known: never later than our clock, so that what is told ahead does not take the clock along. */
  readonly at: Instant;
}
export interface LearnRules extends OfStanding {
  readonly type: 'LearnRules';
  readonly revision: number;
  readonly steps: readonly RulesStep[];
  readonly at: Instant;
}
/** Time passes: certificates run out, quarters end, grace ends. */
export interface AdvanceClock extends OfStanding {
  readonly type: 'AdvanceClock';
  readonly asOf: Instant;
}

// What people ask for and decide.

export type ByPeople = Deciding &
  (
    | { readonly type: 'EvaluateStanding' }
    | {
        readonly type: 'ProposeStanding';
        readonly tier: Tier;
        /** Of the first payments that it governs; left out, those from the approval on. */
        readonly effectiveAt?: Instant;
        readonly reason: string;
        readonly evidence: readonly string[];
      }
    /** Names what was read, so that nothing proposed meanwhile is approved unseen. */
    | { readonly type: 'ApproveStanding'; readonly proposal: number }
    | { readonly type: 'RejectProposal'; readonly proposal: number; readonly reason: string }
    | {
        readonly type: 'ProposeAnnulment';
        readonly tier: Tier;
        readonly from: Instant;
        readonly until: Instant | null;
        readonly reason: string;
        readonly evidence: readonly string[];
      }
    | { readonly type: 'ApproveAnnulment'; readonly annulment: number }
    | { readonly type: 'RejectAnnulment'; readonly annulment: number; readonly reason: string }
    | { readonly type: 'AppealDemotion'; readonly tier: string; readonly reason: string }
    | {
        readonly type: 'DecideAppeal';
        readonly tier: string;
        /** Until when the tier stays; null: the appeal is turned down. */
        readonly keepUntil: Instant | null;
        readonly reason: string;
      }
    | { readonly type: 'AssignTask'; readonly task: string; readonly owner: string }
    | { readonly type: 'CloseTask'; readonly task: string; readonly note: string }
  );

export type StandingCommand = AdvanceClock | ByPeople | LearnFact | LearnRules;
export type CommandOf<T extends StandingCommand['type']> = Extract<
  StandingCommand,
  { readonly type: T }
>;

export type StandingRejected =
  | { readonly code: 'already_appealed' }
  | {
      /** Fraud is of the past, and what it was worth then is at most what is left of it. */
      readonly code: 'annulment_in_future';
      readonly from: Instant;
      readonly at: Instant;
    }
  | { readonly code: 'annulment_unknown'; readonly pending: number | null }
  | {
      /** Whoever was paid by a tier keeps what it earned: a tier falls from now on, or later. */
      readonly code: 'demotion_backdated';
      readonly from: Instant;
      readonly tierThen: Tier;
      readonly earliest: Instant;
    }
  | { readonly code: 'history_full'; readonly bytes: number; readonly limit: number }
  | { readonly code: 'keeps_too_short'; readonly earliest: Instant }
  | { readonly code: 'not_appealed' }
  | { readonly code: 'not_noticed'; readonly noticed: readonly string[] }
  | { readonly code: 'not_pending'; readonly pending: number | null }
  | { readonly code: 'nothing_to_change' }
  | { readonly code: 'same_person' }
  | { readonly code: 'task_unknown' }
  | { readonly code: 'tier_unknown'; readonly tier: string; readonly tiers: readonly string[] }
  | { readonly code: 'track_unknown'; readonly track: string; readonly tracks: readonly string[] };
