import type { Instant } from '@tributary/kernel';

/** A payment line under one rule; `child`: of an override the partner whose line it is. `rule` is null where no rule could be asked. */
export interface CommissionLineKey {
  readonly sale: string;
  readonly payment: string;
  readonly line: string;
  readonly rule: string | null;
  readonly child?: string;
}

/** A bonus is a line of its rule and of a period. */
export interface CommissionBonusKey {
  readonly rule: string;
  readonly window: string;
}

export type CommissionKey = CommissionBonusKey | CommissionLineKey;

/** What every figure about a line says of where it belongs. */
export interface OfCommissionLine {
  /** Names the line in routes; the same for ever. */
  readonly lineId: string;
  readonly key: CommissionKey;
  readonly partner: string;
  readonly plan: string;
  /** `2026-03`, `2026-q1` or `2026`. */
  readonly window: string;
  readonly programme: string;
  readonly entity: string;
  readonly asset: string;
}

/** What has to end before an amount is released. Its owner does that; a date is no guess. */
export interface CommissionHold {
  readonly id: string;
  readonly reason: 'approval' | 'dispute' | 'fraud' | 'manual' | 'suspended';
  readonly owner: string;
  readonly condition: string;
  readonly from: Instant;
  /** Null: still in force. */
  readonly until: Instant | null;
}
