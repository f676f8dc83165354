import type { Database } from '@tributary/postgres';
import type { FeedObserver } from '../observer';
import type { Leases } from '../subscriptions/leases';
import type { Comparison } from './compare';

export interface RebuildOptions {
  /** Cancels; the live tables stay as they are. */
  readonly signal?: AbortSignal;
  /** Compare row by row before the swap; possible when the version is the live one. */
  readonly compare?: boolean;
  /** `false`: only compare. */
  readonly swap?: boolean;
}

export interface RebuildReport {
  readonly projection: string;
  readonly version: number;
  readonly events: number;
  readonly through: bigint;
  readonly parkedStreams: number;
  /** Per table; only after a comparison. */
  readonly comparison: readonly Comparison[] | undefined;
  readonly swapped: boolean;
}

export interface RebuildContext {
  readonly database: Database;
  readonly leases: Leases;
  readonly observer: FeedObserver;
}
