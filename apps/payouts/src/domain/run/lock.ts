import { formatMinor, invariant, sha256Hex } from '@tributary/kernel';
import type { DeclineReason } from '../account/terms';
import type { ItemId } from '../item';
import type { Flag, RunLocked, RunTotals } from './events';
import { type ItemEntry, type Run, itemsOf } from './state';

export function totalsOf(items: readonly ItemEntry[]): RunTotals {
  let [gross, withheld, net] = [0n, 0n, 0n];
  for (const { noted } of items) {
    gross += BigInt(noted.gross);
    withheld += BigInt(noted.withheld);
    net += BigInt(noted.net);
  }
  return {
    count: items.length,
    gross: formatMinor(gross),
    withheld: formatMinor(withheld),
    net: formatMinor(net),
  };
}

/** What its approver answers for: who pays when from where, by which rules, and every reservation with its lines and taxes. */
export function lockOf(state: Run): RunLocked['data'] {
  const { draft } = state;
  invariant(draft, 'a run that is locked was drafted');
  const items = itemsOf(state);
  const { run, entity, asset, payOn, payingAccount, rules } = draft;
  const header = [run, entity, asset, payOn, payingAccount ?? '-', rules?.hash ?? '-'];
  const hashes = items.map(({ noted }) => noted.hash).sort();
  return {
    run,
    ...totalsOf(items),
    hash: sha256Hex([...header, ...hashes].join('\n')),
    flags: flagCounts(items.flatMap(({ noted }) => noted.flags)),
    faulty: items.filter(({ noted }) => noted.faults.length > 0).length,
    declined: declinedOf(state),
  };
}

function flagCounts(flags: readonly Flag[]): Partial<Record<Flag, number>> {
  const counts: Partial<Record<Flag, number>> = {};
  for (const flag of flags) counts[flag] = (counts[flag] ?? 0) + 1;
  return counts;
}

function declinedOf(state: Run): RunLocked['data']['declined'] {
  const sums = new Map<DeclineReason, { accounts: number; payable: bigint }>();
  for (const [, entry] of state.entries.entries()) {
    if (entry.is !== 'declined') continue;
    const sum = sums.get(entry.reason) ?? { accounts: 0, payable: 0n };
    sum.accounts += 1;
    sum.payable += BigInt(entry.payable);
    sums.set(entry.reason, sum);
  }
  return Object.fromEntries(
    [...sums].map(([reason, { accounts, payable }]) => [
      reason,
      { accounts, payable: formatMinor(payable) },
    ]),
  );
}

/** Flags that nobody has answered for. */
export const openFlags = (state: Run): Partial<Record<Flag, number>> =>
  flagCounts(
    itemsOf(state).flatMap(({ noted, acknowledged }) =>
      noted.flags.filter((flag) => !acknowledged.includes(flag)),
    ),
  );

export const faultyItems = (state: Run): readonly ItemEntry[] =>
  itemsOf(state).filter(({ noted }) => noted.faults.length > 0);

export const changedItems = (state: Run): readonly ItemEntry[] =>
  itemsOf(state).filter(({ noted }) => state.changed.has(noted.item));

export const namesOf = (items: readonly ItemEntry[]): readonly ItemId[] =>
  items.map(({ noted }) => noted.item);
