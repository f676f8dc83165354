import type {
  CommissionHold,
  CommissionKey,
  CommissionLineKey,
  CommissionPostedData,
  CommissionReleasedData,
  LineCreditedData,
  LineFrozenData,
} from '@tributary/contracts';
import type { DomainEvent, Instant, Step } from '@tributary/kernel';
import type { ToldTerm } from './commands';
import type { WindowCalendar, WindowId } from './window';

/** The first line brings its window with it; what it must know is asked for under these topics. */
export type WindowOpened = DomainEvent<
  'WindowOpened',
  WindowId & { readonly calendar: WindowCalendar; readonly follows: readonly string[] }
>;
export type LineLearned = DomainEvent<
  'LineLearned',
  {
    readonly revision: number;
    /** Whose line it is, where that is not the partner's own. */
    readonly child: string | null;
    readonly line: LineCreditedData;
    readonly follows: readonly string[];
  }
>;
export type TermLearned = DomainEvent<
  'TermLearned',
  ToldTerm & { readonly follows: readonly string[] }
>;

/** Derived: what a line is worth has changed in a month. */
export type CommissionPosted = DomainEvent<'CommissionPosted', CommissionPostedData>;
export type CommissionReleased = DomainEvent<'CommissionReleased', CommissionReleasedData>;
/** Derived, beside a negative posting, which holds the entry: what it took from the released part. */
export type ReleaseTakenBack = DomainEvent<'ReleaseTakenBack', CommissionReleasedData>;
/** Derived: the released part that must not be paid out for now. */
export type LineFrozen = DomainEvent<'LineFrozen', LineFrozenData>;
/** Derived: why a line earns nothing, and null once it does. */
export type EarningExplained = DomainEvent<
  'EarningExplained',
  WindowId & {
    readonly lineId: string;
    readonly key: CommissionKey;
    readonly paidAt: Instant;
    readonly asset: string | null;
    readonly reason: string | null;
  }
>;
/** Derived, where the partner above earns on it: what is posted for the line, month by month, each step the sum so far. */
export type CommissionSummed = DomainEvent<
  'CommissionSummed',
  WindowId & {
    readonly lineId: string;
    readonly key: CommissionLineKey;
    readonly steps: readonly Step<{ readonly amount: string }>[];
  }
>;
/** Derived: everything that holds a line, or with `group` null the whole window, now and in the past. */
export type HoldsChanged = DomainEvent<
  'HoldsChanged',
  WindowId & {
    readonly group: string | null;
    /** Of what has been posted for it. */
    readonly lineIds: readonly string[];
    readonly holds: readonly CommissionHold[];
  }
>;

export type HoldPlaced = DomainEvent<
  'HoldPlaced',
  {
    readonly lineId: string;
    readonly group: string;
    readonly hold: CommissionHold;
    readonly by: string;
  }
>;
export type HoldLifted = DomainEvent<
  'HoldLifted',
  {
    readonly lineId: string;
    readonly group: string;
    readonly hold: string;
    readonly at: Instant;
    readonly note: string;
    readonly by: string;
  }
>;
export type OverrideProposed = DomainEvent<
  'OverrideProposed',
  {
    readonly override: string;
    readonly lineId: string;
    readonly key: CommissionKey;
    readonly amount: string;
    readonly reason: string;
    readonly by: string;
  }
>;
/** From here on the line is worth this, whatever the rules say. */
export type OverrideDecided = DomainEvent<
  'OverrideDecided',
  {
    readonly override: string;
    readonly lineId: string;
    readonly key: CommissionKey;
    readonly amount: string;
    readonly at: Instant;
    readonly proposedBy: string;
    readonly by: string;
  }
>;

/** Derived: not everything is posted that is known; the appends that follow go on behind this group. */
export type WindowFellBehind = DomainEvent<
  'WindowFellBehind',
  WindowId & { readonly through: string | null; readonly lines: number }
>;
export type WindowCaughtUp = DomainEvent<'WindowCaughtUp', WindowId>;
/** Derived: releases that are left for the appends that follow. */
export type ReleasePostponed = DomainEvent<
  'ReleasePostponed',
  WindowId & { readonly asOf: Instant; readonly through: string | null }
>;
export type ReleaseFinished = DomainEvent<'ReleaseFinished', WindowId & { readonly asOf: Instant }>;

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type EarningsEvent =
  | CommissionPosted
  | CommissionReleased
  | CommissionSummed
  | EarningExplained
  | HoldLifted
  | HoldPlaced
  | HoldsChanged
  | LineFrozen
  | LineLearned
  | OverrideDecided
  | OverrideProposed
  | ReleaseFinished
  | ReleasePostponed
  | ReleaseTakenBack
  | TermLearned
  | WindowCaughtUp
  | WindowFellBehind
  | WindowOpened;
