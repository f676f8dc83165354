import type { Instant, Step } from '@tributary/kernel';
import type { PlanVersion } from './plan';

/**
 * Everything that the engine is told about one window: one partner, one plan, one period of the plan's zone. The shapes repeat
 * what other services publish instead of importing it, so that a later change there cannot change a published engine.
 */
export interface WindowFacts {
  readonly partner: string;
  readonly plan: string;
  /** `from` belongs to it, `until` to the next. */
  readonly window: WindowPeriod;
  /** The months of the window in the plan's zone, in order. */
  readonly months: readonly WindowPeriod[];
  /** Of the plan's zone, ascending; how far they must reach says `calendarOf`. */
  readonly offsets: readonly ZoneOffset[];
  /** at: published; from: effective. */
  readonly versions: readonly Step<PlanVersion>[];
  readonly terms: PartnerTerms;
  readonly lines: readonly LineFact[];
  /** Whose parent this partner is, or was. */
  readonly children: readonly ChildFacts[];
  /** What two persons decided that a line is worth. */
  readonly overrides: readonly OverrideFact[];
}

/** `key` is `2026-03`, `2026-q1` or `2026`. */
export interface WindowPeriod {
  readonly key: string;
  readonly from: Instant;
  readonly until: Instant;
}

/** What the zone's clocks are ahead of UTC from an instant on. Zone rules change, so what was true is told, never asked. */
export interface ZoneOffset {
  readonly from: Instant;
  readonly offsetMs: number;
}

/** What holds for a sale paid at `p`, known at `t`: of each list of steps the last with at <= t and from <= p. */
export interface PartnerTerms {
  readonly agreements: readonly AgreementFact[];
  readonly partner: readonly Step<PartnerValue>[];
  /** By track: `commercial`, `integration`. */
  readonly standings: Readonly<Record<string, readonly Step<StandingValue>[]>>;
  readonly measures: readonly MeasureFact[];
}

export interface AgreementFact {
  readonly agreement: string;
  readonly steps: readonly Step<AgreementValue>[];
}

export interface AgreementValue {
  readonly partner: string;
  readonly programme: string;
  readonly plan: string | null;
  /** In the order of the signed agreement. */
  readonly splits: readonly { readonly partner: string; readonly bp: number }[];
  readonly parent: string | null;
  readonly status: string;
}

export interface PartnerValue {
  readonly type: string;
  readonly kind?: string;
  readonly category: string;
  readonly status: string;
  readonly territories: readonly string[];
  readonly verticals: readonly string[];
  readonly integrationLevel: string;
}

export interface StandingValue {
  /** The tier that rates read; null: none. */
  readonly applied: string | null;
}

export interface MeasureFact {
  readonly measure: string;
  readonly subject: string;
  readonly steps: readonly Step<{ readonly count: number; readonly amount: number }>[];
}

/** A line that credits the partner, or once did, and whose payment falls into the window, or once did. */
export interface LineFact {
  readonly sale: string;
  readonly payment: string;
  readonly line: string;
  /** Of the payment. Lines of one instant stand in its order. */
  readonly factId: string;
  readonly steps: readonly Step<CreditedLine>[];
}

export interface CreditedPart {
  readonly partner: string;
  readonly role: string;
  readonly basis: string;
}

/** All shares together are the line's net. Amounts are minor units of `asset`. */
export interface CreditedLine {
  readonly parts: readonly CreditedPart[];
  readonly gross: string;
  readonly discount: string;
  readonly tax: string;
  readonly net: string;
  readonly asset: string;
  readonly product: string;
  readonly productGroup: string | null;
  /** A decimal. */
  readonly quantity: string;
  readonly listPrice: string | null;
  readonly billing: string | null;
  readonly usage: { readonly meter: string; readonly quantity: string } | null;
  readonly marketplace: { readonly name: string; readonly fee: string } | null;
  readonly paidAt: Instant;
  readonly ordinal: number | null;
  readonly customer: {
    readonly pseudonym: string;
    readonly type: string | null;
    readonly country: string | null;
    readonly segment: string | null;
    readonly firstPaidAt: Instant | null;
    readonly active: boolean;
    readonly reactivated: boolean;
  };
  readonly deal: { readonly id: string; readonly roles: readonly string[] } | null;
  readonly disputed: boolean;
}

export interface ChildFacts {
  readonly partner: string;
  readonly terms: PartnerTerms;
  readonly lines: readonly LineFact[];
  /** What was posted for the child itself, without overrides: each step the sum so far. */
  readonly posted: readonly PostedFact[];
}

export interface PostedFact {
  readonly sale: string;
  readonly payment: string;
  readonly line: string;
  /** Null: decided by people where no rule paid. */
  readonly rule: string | null;
  readonly steps: readonly Step<{ readonly amount: string }>[];
}

export interface OverrideFact {
  readonly key: DueKey;
  /**
   * From `at` on, until a later step; afterwards it falls with the line's basis, so that a full refund is still zero. While the
   * payment is in another window, or does not count, it says nothing.
   */
  readonly steps: readonly Step<{ readonly amount: string }>[];
}

/** `rule` is null where no rule could be asked. `child`: of an override whose line it is. */
export interface LineKey {
  readonly sale: string;
  readonly payment: string;
  readonly line: string;
  readonly rule: string | null;
  readonly child?: string;
}

/** A bonus is a line of its rule and its window, which may be shorter than the plan's. */
export interface BonusKey {
  readonly rule: string;
  readonly window: string;
}

export type DueKey = LineKey | BonusKey;
