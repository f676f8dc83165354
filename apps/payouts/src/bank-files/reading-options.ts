import type { BankStatement } from '../domain/rail/bank-line';
import type { Turns } from '../turns';

export interface ReadingOptions {
  /** Of the entity: the days of its account are days of it. */
  readonly zone: string;
  /** Keyed hash of an account as the bank writes it; null where it cannot be told which one it is. */
  readonly counterpartyOf: (account: string) => string | null;
}

export type Reading = Turns<readonly BankStatement[]>;
