import type { LineCreditedData } from '@tributary/contracts';
import type { Instant, JsonObject } from '@tributary/kernel';
import type { WindowId } from './window';

/** Lines as they stand now, of the partner itself or of a partner below it. */
export interface LearnLines {
  readonly type: 'LearnLines';
  readonly id: WindowId;
  /** Of the plan. */
  readonly zone: string;
  readonly child: string | null;
  readonly lines: readonly { readonly revision: number; readonly data: LineCreditedData }[];
}

/** A measure may earn a bonus where nothing was sold. */
export interface OpenWindow {
  readonly type: 'OpenWindow';
  readonly id: WindowId;
  readonly zone: string;
  readonly at: Instant;
}

export interface ToldTerm {
  readonly topic: string;
  readonly key: string;
  readonly revision: number;
  readonly data: JsonObject;
}

export interface LearnTerm {
  readonly type: 'LearnTerm';
  readonly id: WindowId;
  readonly told: ToldTerm;
  readonly at: Instant;
}

/** Everything whose hold has ended by then is handed to payouts, each dated by the end of its hold. */
export interface ReleaseHolds {
  readonly type: 'ReleaseHolds';
  readonly id: WindowId;
  readonly asOf: Instant;
  readonly by: string;
}

interface OnLine {
  readonly id: WindowId;
  readonly line: string;
  readonly by: string;
  readonly receivedAt: Instant;
}

export interface PlaceHold extends OnLine {
  readonly type: 'PlaceHold';
  readonly hold: string;
  readonly reason: 'dispute' | 'fraud' | 'manual';
  readonly owner: string;
  /** What has to happen before it is lifted. */
  readonly condition: string;
}

/** The approval that a rule asks for is a hold of that name. */
export interface LiftHold extends OnLine {
  readonly type: 'LiftHold';
  readonly hold: string;
  readonly note: string;
}

export interface ProposeOverride extends OnLine {
  readonly type: 'ProposeOverride';
  readonly override: string;
  /** What the line is to be worth, minor units: nothing or more. What a partner is to give back is an adjustment of its account. */
  readonly amount: string;
  readonly reason: string;
}

export interface ApproveOverride extends OnLine {
  readonly type: 'ApproveOverride';
  readonly override: string;
}

/** Two persons have decided in payouts what a line that its partner disputed is worth; `by` is the second of them. */
export interface TakeDecision extends OnLine {
  readonly type: 'TakeDecision';
  readonly override: string;
  readonly amount: string;
  readonly proposedBy: string;
}

export type EarningsCommand =
  | ApproveOverride
  | LearnLines
  | LearnTerm
  | LiftHold
  | OpenWindow
  | PlaceHold
  | ProposeOverride
  | ReleaseHolds
  | TakeDecision;

export type EarningsRejected =
  | { readonly code: 'hold_exists' }
  | { readonly code: 'hold_unknown' }
  | { readonly code: 'line_unknown' }
  | { readonly code: 'override_unknown' }
  | { readonly code: 'same_person' }
  | { readonly code: 'worth_below_zero' };
