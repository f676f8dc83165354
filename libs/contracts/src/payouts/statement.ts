import type { Asset, Instant } from '@tributary/kernel';
import type { Published } from '../published';

export const STATEMENT_ISSUED = 'payouts.statement.v1';

/** A partner's month: never changed, and the same bytes for ever. */
export interface StatementIssuedData {
  readonly statement: string;
  readonly partner: string;
  readonly entity: string;
  readonly asset: Asset;
  readonly month: string;
  readonly opening: string;
  readonly closing: string;
  readonly issuedAt: Instant;
  /** SHA-256 of each rendering. */
  readonly documents: readonly {
    readonly format: 'csv' | 'pdf';
    readonly language: string;
    readonly sha256: string;
  }[];
}

export type StatementIssuedTold = Published<typeof STATEMENT_ISSUED, StatementIssuedData>;
