import type { BankStatement } from '../domain/rail/bank-line';

export interface ReadingOptions {
  /** Of the entity: the days of its account are days of it. */
  readonly zone: string;
  /** Keyed hash of an account as the bank writes it; null where it cannot be told which one it is. */
  readonly counterpartyOf: (account: string) => string | null;
}

/** Work that may be interrupted wherever it yields. */
export type Reading = Generator<undefined, readonly BankStatement[]>;
