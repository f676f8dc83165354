import type { Json, JsonObject } from '@tributary/kernel';
import type { LineDue } from './line-due';

/** The steps in which a number may be made. Those of arithmetic carry every input that they need: see `recompute`. */
export type StepName =
  /** Which version, agreement and standing govern the line. */
  | 'terms'
  /** Which rules of a group were asked, what they looked at, and which one pays. */
  | 'match'
  | 'basis'
  | 'flat'
  | 'percent'
  /** A rate found in a table. */
  | 'matrix'
  /** A rate found by a measure. */
  | 'band'
  | 'marginal'
  | 'order'
  | 'bonus'
  | 'pool'
  | 'line_limit'
  | 'limit'
  | 'round'
  | 'override'
  | 'hold';

export interface TraceStep {
  readonly step: StepName;
  /** Amounts are exact, as text. */
  readonly inputs: JsonObject;
  readonly result: Json;
}

export interface Trace {
  readonly due: LineDue;
  readonly plan: { readonly planId: string; readonly version: number } | null;
  readonly rule: string | null;
  readonly steps: readonly TraceStep[];
}

/** Where steps are written down; null for nearly every line, because only one is ever asked about. */
export type Recorder = TraceStep[] | null;
