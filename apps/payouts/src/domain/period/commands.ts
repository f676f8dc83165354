import type { PeriodCertificate } from '@tributary/contracts';
import type { Instant, Period, PeriodKey } from '@tributary/kernel';

/** What has to end before a month can be cut, and who sees to it. */
export interface Blocker {
  readonly kind: 'break' | 'commission_behind' | 'releases_not_taken';
  /** The break, the window, or the month. */
  readonly subject: string;
  readonly owner: string;
  readonly detail: string;
}

/** As many as are told; how many there are is told as well. */
export interface Blockers {
  readonly count: number;
  readonly first: readonly Blocker[];
}

export interface SoftClosePeriod {
  readonly type: 'SoftClosePeriod';
  readonly entity: string;
  /** It begins where the month before it was cut. */
  readonly period: Period;
  /** The latest month of the entity that was soft-closed; null before the first. */
  readonly lastSoftClosed: PeriodKey | null;
  /** What commission has not posted yet. */
  readonly blockers: Blockers;
  readonly by: string;
  readonly receivedAt: Instant;
}

export interface ConfirmTaken {
  readonly type: 'ConfirmTaken';
  readonly entity: string;
  readonly month: PeriodKey;
  readonly receivedAt: Instant;
}

export interface ClosePeriod {
  readonly type: 'ClosePeriod';
  readonly entity: string;
  readonly month: PeriodKey;
  /** The earliest month of the entity that is soft-closed and not closed. */
  readonly firstUnclosed: PeriodKey | null;
  /** What bank and books do not agree about. */
  readonly blockers: Blockers;
  readonly by: string;
  readonly receivedAt: Instant;
}

export interface Certify {
  readonly type: 'Certify';
  readonly entity: string;
  readonly month: PeriodKey;
  readonly certificate: PeriodCertificate;
  readonly receivedAt: Instant;
}

export type PeriodCommand = Certify | ClosePeriod | ConfirmTaken | SoftClosePeriod;

export type PeriodRejected =
  /** Nobody who looks at the books of a month that still runs could tell what is late. */
  | { readonly code: 'month_not_over'; readonly until: Instant }
  /** `next` is the one whose turn it is. */
  | { readonly code: 'not_in_order'; readonly next: PeriodKey }
  | {
      readonly code: 'period_blocked';
      readonly count: number;
      readonly blockers: readonly Blocker[];
    }
  | { readonly code: 'not_soft_closed' }
  | { readonly code: 'same_person' }
  | { readonly code: 'not_closed' }
  | { readonly code: 'certified_otherwise'; readonly digest: string }
  | {
      readonly code: 'trial_balance_off';
      readonly asset: string;
      /** Debit less credit of all accounts; zero, or the books are wrong. */
      readonly difference: string;
    }
  | { readonly code: 'released_not_zero'; readonly asset: string; readonly balance: string };
