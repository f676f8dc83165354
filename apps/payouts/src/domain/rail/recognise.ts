import { type Day } from '@tributary/kernel';
import type { ItemId } from '../item';
import { plusBusinessDays } from './business-days';
import type { Candidate } from './break-events';
import { batchNumberOf, moneyKeyOf } from './find';
import {
  type Rail,
  type RailItem,
  type RailLine,
  countsIn,
  isRefused,
  itemOf,
  lineOf,
} from './state';

/** Items that a line names, by our name of them or by one of the bank's. */
export function namedBy(state: Rail, { references }: RailLine): readonly ItemId[] {
  const { item, endToEnd, bank } = references;
  const named = new Set<ItemId>();
  for (const own of [item, endToEnd]) if (own !== null && state.items.has(own)) named.add(own);
  for (const theirs of [endToEnd, bank])
    if (theirs !== null)
      for (const id of state.index.itemsByReference.get(theirs) ?? []) named.add(id);
  return [...named];
}

export const isNamedByUs = ({ references: { item, endToEnd } }: RailLine, id: ItemId): boolean =>
  item === id || endToEnd === id;

/** Lines that count and name this item and no other, in an order that does not depend on how they came. */
export function linesNaming(
  state: Rail,
  id: ItemId,
): readonly (readonly [key: string, line: RailLine])[] {
  const { references } = itemOf(state, id);
  const keys = new Set(
    [id, ...references].flatMap((each) => state.index.linesByReference.get(each) ?? []),
  );
  return [...keys]
    .map((key) => [key, lineOf(state, key)] as const)
    .filter(([, line]) => countsIn(state, line) && namedBy(state, line).join() === id)
    .sort(byDay);
}

export const byDay = (
  [a, { bookedOn: on }]: readonly [string, RailLine],
  [b, { bookedOn: other }]: readonly [string, RailLine],
): number => (on === other ? (a < b ? -1 : 1) : on < other ? -1 : 1);

/** The file whose items a debit pays as one, where it names one and is no part of an entry itself. */
export function batchFileOf(state: Rail, line: RailLine): string | undefined {
  if (line.parent !== null || line.side !== 'debit') return undefined;
  const number = batchNumberOf(line);
  return number === null ? undefined : state.files.sequences.get(String(number));
}

/** A charge that nobody has to look at. */
export function isKnownCharge({ rules }: Rail, { code, amount, side }: RailLine): boolean {
  const { chargeCodes, chargeLimit } = rules;
  const isSmall = side === 'credit' || BigInt(amount) <= BigInt(chargeLimit);
  return code !== null && chargeCodes.includes(code) && isSmall;
}

/** The days on which the money of an item is expected to leave. */
export function windowOf({ rules }: Rail, { payOn, method }: RailItem): { from: Day; until: Day } {
  return { from: payOn, until: plusBusinessDays(payOn, rules.settleDays[method]) };
}

export const isInWindow = (state: Rail, item: RailItem, day: Day): boolean => {
  const { from, until } = windowOf(state, item);
  return from <= day && day <= until;
};

/** Open items of this amount to this account. */
export const openAt = (state: Rail, amount: string, counterparty: string): readonly ItemId[] =>
  (state.index.itemsByMoney.get(moneyKeyOf(amount, counterparty)) ?? []).filter((id) => {
    const item = itemOf(state, id);
    return (
      item.amount === amount &&
      item.fingerprint === counterparty &&
      item.settledBy === null &&
      !isRefused(state, id, item)
    );
  });

const MOST_PARTS = 12;
const MOST_SHOWN = 5;

/** What a person may choose from where nothing is certain: one item of this amount, or several that sum to it. */
export function suggestionsFor(state: Rail, line: RailLine): readonly Candidate[] {
  if (line.side !== 'debit') return [];
  const { amount, counterparty } = line;
  const known = counterparty === null ? [] : openAt(state, amount, counterparty);
  if (known.length > 0)
    return known.slice(0, MOST_SHOWN).map((id) => ({ items: [id], tier: 'T5' }));
  const sums = counterparty === null ? [] : sumsOf(state, amount, counterparty);
  if (sums.length > 0) return sums.map((items) => ({ items, tier: 'T6' }));
  const sameAmount = (state.index.itemsByAmount.get(amount) ?? []).filter(
    (id) => !isRefused(state, id, itemOf(state, id)),
  );
  return sameAmount.slice(0, MOST_SHOWN).map((id) => ({ items: [id], tier: 'T6' }));
}

/** Items of one account that together are the amount; the fewest items first, and never more than a few answers. */
function sumsOf(state: Rail, amount: string, counterparty: string): readonly (readonly ItemId[])[] {
  const items = (state.index.itemsByAccount.get(counterparty) ?? [])
    .filter((id) => !isRefused(state, id, itemOf(state, id)))
    .slice(0, MOST_PARTS)
    .map((id) => ({ id, amount: BigInt(itemOf(state, id).amount) }));
  const wanted = BigInt(amount);
  const found: ItemId[][] = [];
  for (let mask = 1; mask < 1 << items.length; mask += 1) {
    const chosen = items.filter((_, i) => (mask & (1 << i)) !== 0);
    if (chosen.length < 2) continue;
    if (chosen.reduce((sum, each) => sum + each.amount, 0n) === wanted)
      found.push(chosen.map(({ id }) => id));
  }
  return found.sort((a, b) => a.length - b.length).slice(0, MOST_SHOWN);
}

/** Open items of one account that are the sum of this line and others to it: paid in parts. */
export function paidInParts(state: Rail, key: string, line: RailLine): readonly Candidate[] {
  const { counterparty } = line;
  if (counterparty === null || line.side !== 'debit') return [];
  const others = (state.index.linesByAccount.get(counterparty) ?? [])
    .filter((each) => {
      const other = lineOf(state, each);
      return each !== key && other.match === null && countsIn(state, other);
    })
    .slice(0, MOST_PARTS)
    .map((each) => BigInt(lineOf(state, each).amount));
  const found: Candidate[] = [];
  for (const id of state.index.itemsByAccount.get(counterparty) ?? []) {
    const missing = BigInt(itemOf(state, id).amount) - BigInt(line.amount);
    if (missing > 0n && isSumOf(missing, others)) found.push({ items: [id], tier: 'T6' });
  }
  return found.slice(0, MOST_SHOWN);
}

function isSumOf(wanted: bigint, amounts: readonly bigint[]): boolean {
  const sums = new Set<bigint>([0n]);
  for (const amount of amounts) for (const sum of [...sums]) sums.add(sum + amount);
  return sums.has(wanted);
}
