import type { Asset, Instant } from '@tributary/kernel';

/** One side of an entry, with its event and the month that it belongs to. */
export interface JournalLeg {
  readonly position: bigint;
  readonly n: number;
  readonly eventId: string;
  readonly stream: string;
  readonly type: string;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly causationId: string | null;
  readonly correlationId: string;
  readonly period: string;
  /** The month of its time, where that was closed already. */
  readonly earnedIn: string | null;
  readonly account: string;
  readonly debit: bigint;
  readonly credit: bigint;
  readonly asset: Asset;
  readonly entity: string;
  readonly programme: string;
  readonly partner: string | null;
  readonly plan: string | null;
  readonly country: string | null;
  /** Of cash: which account of ours at a bank. */
  readonly bank: string | null;
}

/** What stands on an account in one asset: debit less credit. */
export interface Standing {
  readonly account: string;
  readonly asset: Asset;
  readonly balance: bigint;
}
