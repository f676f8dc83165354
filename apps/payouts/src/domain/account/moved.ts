import type { BalancedEntry } from '@tributary/kernel';

/** What one open line gains or loses: signed minor units, left out where nothing changes. `payable` is what no item holds. */
export interface LineMove {
  readonly line: string;
  readonly programme: string;
  readonly payable?: string;
  readonly disputed?: string;
}

/** Where money went within the account. */
export interface Moved {
  readonly lines: readonly LineMove[];
  /** What the partner owes more, or less: signed, "0" where that does not change. */
  readonly owed: string;
}

export interface WithEntry {
  readonly entry: BalancedEntry;
}
/** Where it may be that no money moves. */
export interface WithAnyEntry {
  readonly entry?: BalancedEntry;
}
