import type { MeasureName, QualificationKind, Track } from '@tributary/contracts';
import type { Asset, Instant, Step } from '@tributary/kernel';

interface Named {
  /** Names it in scorecards. */
  readonly id: string;
}

/** Revenue a year from customers that the partner was credited with, in minor units of the rules' asset. */
export type ArrCriterion = Named & { readonly figure: 'arr'; readonly atLeast: string };
/** The average of answers on one scale of one instrument; it has to be above, and not only as much. */
export type SatisfactionCriterion = Named & {
  readonly figure: 'satisfaction';
  readonly instrument: string;
  readonly scale: { readonly min: string; readonly max: string };
  readonly above: string;
  /** Answers count for so long. */
  readonly months: number;
};
/** Something that was counted, such as implementations, or added up, such as minutes of training. */
export type MeasureCriterion = Named & {
  readonly figure: 'measure';
  readonly measure: Exclude<MeasureName, 'csat'>;
  readonly of: 'amount' | 'count';
  readonly atLeast: number;
};
/** One of these levels, in force. */
export type QualificationCriterion = Named & {
  readonly figure: 'qualification';
  readonly kind: Exclude<QualificationKind, 'commitment'>;
  readonly levels: readonly string[];
};
/** A number promised for every quarter, in force. Whether it is kept is no requirement: who misses it is at risk. */
export type CommitmentCriterion = Named & {
  readonly figure: 'commitment';
  readonly measure: Exclude<MeasureName, 'csat'>;
  readonly atLeast: number;
};

export type Criterion =
  | ArrCriterion
  | CommitmentCriterion
  | MeasureCriterion
  | QualificationCriterion
  | SatisfactionCriterion;
export type Figure = Criterion['figure'];

export interface Benefit {
  readonly id: string;
  readonly name: string;
  /** Whose task it is to make it happen; null where nobody has to. */
  readonly owner: string | null;
  /** It exists from here on; null: as long as the rules. */
  readonly from: Instant | null;
  readonly until: Instant | null;
}

/** A tier, what entitles to it, and what comes with it. Who stands in it has the benefits of the lower ones as well. */
export interface TierRule {
  readonly tier: string;
  /** All of them. */
  readonly criteria: readonly Criterion[];
  readonly benefits: readonly Benefit[];
}

/** What one of other money is in money of the rules: what two persons have recorded, as long as their version holds. */
export interface Rate {
  readonly asset: Asset;
  /** A decimal. */
  readonly rate: string;
}

export interface TierRules {
  readonly track: Track;
  /** What thresholds of money are in; other money counts once there is a rate. */
  readonly asset: Asset;
  /** Left out: none. */
  readonly rates?: readonly Rate[];
  /** Of quarters, and of every date. */
  readonly zone: string;
  /** Lowest first. */
  readonly tiers: readonly TierRule[];
  /** For how long a tier stays after it was noticed that nothing entitles to it any more. */
  readonly graceQuarters: number;
  /** When somebody is to look at a partner in the lowest tier; null: nobody has to. */
  readonly review: { readonly afterMonths: number; readonly owner: string } | null;
}

/** A published version never changes: `hash` is over its content and the instant from which it holds. */
export interface RulesVersion {
  readonly version: number;
  readonly hash: string;
  readonly content: TierRules;
}

/** `at`: its approval. `from`: since when it decides who is entitled. */
export type RulesStep = Step<RulesVersion>;

/** What a track can be judged by. The two share nothing, so that neither has a say in the other. */
export const FIGURES: Readonly<Record<Track, readonly Figure[]>> = {
  commercial: ['arr', 'commitment', 'measure', 'qualification', 'satisfaction'],
  integration: ['qualification'],
};
export const KINDS: Readonly<Record<Track, readonly QualificationKind[]>> = {
  commercial: ['certificate', 'commitment', 'jointplan'],
  integration: ['integration'],
};
