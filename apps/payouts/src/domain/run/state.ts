import { type Instant, PersistentMap } from '@tributary/kernel';
import type { DeclineReason } from '../account/terms';
import type { ItemId } from '../item';
import type { Flag, ItemProgress, NotedItem, RunDrafted, RunTotals } from './events';

export type RunStatus =
  | 'acknowledged'
  | 'approved'
  | 'cancelled'
  | 'closed'
  | 'drafted'
  | 'exported'
  | 'instructed'
  | 'locked'
  | 'locking'
  | 'none'
  | 'released'
  | 'settling';

/** What is known of one partner's account in this run. */
export type Entry =
  | { readonly is: 'asked' }
  | { readonly is: 'declined'; readonly reason: DeclineReason; readonly payable: string }
  | { readonly is: 'excluded' }
  | ItemEntry;

export interface ItemEntry {
  readonly is: 'item';
  readonly noted: NotedItem;
  readonly acknowledged: readonly Flag[];
  /** Null: reserved. */
  readonly progress: ItemProgress | 'refused' | null;
  /** Of the account's stream. */
  readonly revision: number;
}

export interface Run {
  readonly status: RunStatus;
  readonly draft: RunDrafted['data'] | null;
  readonly draftedAt: Instant | null;
  /** Who drafted it, left something out or asked anew: none of them approves it. */
  readonly preparers: readonly string[];
  /** By partner; empty once the run is over. */
  readonly entries: PersistentMap<Entry>;
  readonly partnerOf: PersistentMap<string>;
  /** By where the money goes: the partners whose items go there. */
  readonly paidTo: PersistentMap<readonly string[]>;
  /** By item, what is not as it was reserved. Told also before the reservation is noted. */
  readonly changed: PersistentMap<string>;
  readonly lastListed: string;
  /** Accounts that have not answered yet. */
  readonly awaited: number;
  readonly attempt: number;
  /** Of the last locking. */
  readonly hash: string;
  readonly totals: RunTotals;
  /** Items that an instruction was not answered for yet. */
  readonly toInstruct: number;
  readonly files: PersistentMap<{
    readonly state: 'exported' | 'voided';
    readonly count: number;
  }>;
  readonly exported: number;
  /** Items of voided files that are owed again: no file will ever have them. */
  readonly givenBack: number;
  /** Items by how far they are. */
  readonly counts: Readonly<Record<ItemProgress | 'refused', number>>;
  readonly isFreed: boolean;
}

const NO_TOTALS: RunTotals = { count: 0, gross: '0', withheld: '0', net: '0' };
const NO_COUNTS: Run['counts'] = {
  accepted: 0,
  cancelled: 0,
  instructed: 0,
  refused: 0,
  rejected: 0,
  settled: 0,
  unknown: 0,
  voided: 0,
};

/** Made anew each time: a map that versions share is never shared by two runs. */
export const newRun = (): Run => ({
  status: 'none',
  draft: null,
  draftedAt: null,
  preparers: [],
  entries: PersistentMap.empty(),
  partnerOf: PersistentMap.empty(),
  paidTo: PersistentMap.empty(),
  changed: PersistentMap.empty(),
  lastListed: '',
  awaited: 0,
  attempt: 1,
  hash: '',
  totals: NO_TOTALS,
  toInstruct: 0,
  files: PersistentMap.empty(),
  exported: 0,
  givenBack: 0,
  counts: NO_COUNTS,
  isFreed: false,
});

export function itemEntry(state: Run, partner: string | undefined): ItemEntry | undefined {
  const entry = partner === undefined ? undefined : state.entries.get(partner);
  return entry?.is === 'item' ? entry : undefined;
}

export function entryOfItem(state: Run, item: ItemId): ItemEntry | undefined {
  const entry = itemEntry(state, state.partnerOf.get(item));
  return entry?.noted.item === item ? entry : undefined;
}

/** In the order of the partners. */
export function itemsOf(state: Run): readonly ItemEntry[] {
  return state.entries.entries().flatMap(([, entry]) => (entry.is === 'item' ? [entry] : []));
}
