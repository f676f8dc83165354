import type { Instant } from '@tributary/kernel';
import type { CompiledPlan, CompiledRule } from './compile';
import type { Exact } from './exact';
import type { DueKey, LineFact } from './facts';
import type { ZeroReason } from './line-due';
import type { Recorder } from './trace';

/** What a line is worth under one rule, while it is being worked out: each stage refines `amount`. */
export interface Earning {
  readonly key: DueKey;
  /** With the fact, the line and the rule, the order of running totals. */
  readonly paidAt: Instant;
  readonly factId: string;
  readonly plan: CompiledPlan | null;
  readonly rule: CompiledRule | null;
  readonly basis: Exact;
  /** The partner's share of the line's net, before anything is deducted. */
  readonly part: bigint;
  /** Null for a bonus. */
  readonly line: LineFact | null;
  readonly isDisputed: boolean;
  readonly needsApproval: boolean;
  amount: Exact;
  /** Before a limit rounded it; null: no limit did. */
  exact: Exact | null;
  reason: ZeroReason | null;
  limitedBy: string | null;
  /** What it shares a running total with, and is rounded by; null: it stands alone. */
  running: string | null;
  readonly trace: Recorder;
}
