import { PersistentMap } from '@tributary/kernel';
import type { ItemId } from '../item';
import type { BankLine } from './bank-line';

/** What an item is found by. */
interface Findable {
  readonly amount: string;
  readonly fingerprint: string;
  readonly file: string;
  readonly references: readonly string[];
  readonly settledBy: string | null;
}
type FindableLine = Pick<BankLine, 'amount' | 'counterparty' | 'isCharge' | 'references' | 'side'>;

/** Derived from items and lines; never part of a snapshot. */
export interface RailIndex {
  /** By what the bank calls them. */
  readonly itemsByReference: PersistentMap<readonly ItemId[]>;
  readonly linesByReference: PersistentMap<readonly string[]>;
  /** By amount and counterparty. */
  readonly itemsByMoney: PersistentMap<readonly ItemId[]>;
  readonly linesByMoney: PersistentMap<readonly string[]>;
  /** By counterparty alone. */
  readonly itemsByAccount: PersistentMap<readonly ItemId[]>;
  readonly linesByAccount: PersistentMap<readonly string[]>;
  /** By amount alone, as far as they are few: what a person is shown. */
  readonly itemsByAmount: PersistentMap<readonly ItemId[]>;
  /** Every account that money was ever sent to. */
  readonly accounts: PersistentMap<true>;
  /** By file: how many of its items no line has settled. */
  readonly openInFile: PersistentMap<number>;
}

export const noIndex: RailIndex = {
  itemsByReference: PersistentMap.empty(),
  linesByReference: PersistentMap.empty(),
  itemsByMoney: PersistentMap.empty(),
  linesByMoney: PersistentMap.empty(),
  itemsByAccount: PersistentMap.empty(),
  linesByAccount: PersistentMap.empty(),
  itemsByAmount: PersistentMap.empty(),
  accounts: PersistentMap.empty(),
  openInFile: PersistentMap.empty(),
};

export const moneyKeyOf = (amount: string, counterparty: string): string =>
  `${amount} ${counterparty}`;

/** What a line is found under, besides its money. */
export function referencesOf(line: Pick<BankLine, 'references'>): readonly string[] {
  const { item, endToEnd, bank } = line.references;
  const batch = batchNumberOf(line);
  const all = [item, endToEnd, bank, batch === null ? null : batchReferenceOf(batch)];
  return [...new Set(all.filter((each) => each !== null))];
}

export const batchReferenceOf = (sequence: number): string => `batch ${String(sequence)}`;

const BATCH = /^(?:[A-Z]{1,12}[ ./-]?)?0*([0-9]{1,6})$/i;

/** The number of the file that a batch names, however the bank pads it. */
export function batchNumberOf({
  references: { batch },
}: Pick<BankLine, 'references'>): number | null {
  const [, digits] = BATCH.exec(batch ?? '') ?? [];
  return digits === undefined ? null : Number(digits);
}

/** More under one key than this say nothing about one of them, and a list of them would grow without end. */
const CROWD = 200;
/** Of equal amounts so many are remembered for a person to choose from. */
const FEW = 20;

type Lists = PersistentMap<readonly string[]>;

function joined(lists: Lists, key: string, value: string, most = CROWD): Lists {
  const before = lists.get(key) ?? [];
  if (before.length >= most || before.includes(value)) return lists;
  return lists.set(key, [...before, value].toSorted());
}

function left(lists: Lists, key: string, value: string): Lists {
  const before = lists.get(key);
  if (before === undefined || !before.includes(value)) return lists;
  const after = before.filter((each) => each !== value);
  return after.length === 0 ? lists.delete(key) : lists.set(key, after);
}

export const isCrowd = (list: readonly string[] | undefined): boolean =>
  (list?.length ?? 0) >= CROWD;

/** A line is never forgotten, so its places are only added. */
export function indexLine(index: RailIndex, key: string, line: FindableLine): RailIndex {
  let { linesByReference, linesByMoney, linesByAccount } = index;
  for (const reference of referencesOf(line))
    linesByReference = joined(linesByReference, reference, key);
  const { counterparty, amount, side, isCharge } = line;
  if (counterparty !== null && side === 'debit' && !isCharge) {
    linesByMoney = joined(linesByMoney, moneyKeyOf(amount, counterparty), key);
    linesByAccount = joined(linesByAccount, counterparty, key);
  }
  return { ...index, linesByReference, linesByMoney, linesByAccount };
}

/** What has changed of an item: where it is looked for changes with it. */
export function indexItem(
  index: RailIndex,
  id: ItemId,
  before: Findable | undefined,
  after: Findable,
): RailIndex {
  let { itemsByReference, itemsByMoney, itemsByAccount, itemsByAmount, openInFile } = index;
  for (const reference of after.references)
    itemsByReference = joined(itemsByReference, reference, id);
  const { amount, fingerprint } = after;
  const accounts = index.accounts.has(fingerprint)
    ? index.accounts
    : index.accounts.set(fingerprint, true);
  itemsByMoney = joined(itemsByMoney, moneyKeyOf(amount, fingerprint), id);
  const [wasOpen, isOpen] = [before?.settledBy === null, after.settledBy === null];
  if (isOpen && !wasOpen) {
    itemsByAccount = joined(itemsByAccount, fingerprint, id);
    itemsByAmount = joined(itemsByAmount, amount, id, FEW);
  }
  if (!isOpen && wasOpen) {
    itemsByAccount = left(itemsByAccount, fingerprint, id);
    itemsByAmount = left(itemsByAmount, amount, id);
  }
  if (before && wasOpen)
    openInFile = openInFile.set(before.file, (openInFile.get(before.file) ?? 0) - 1);
  if (isOpen) openInFile = openInFile.set(after.file, (openInFile.get(after.file) ?? 0) + 1);
  return {
    ...index,
    itemsByReference,
    itemsByMoney,
    itemsByAccount,
    itemsByAmount,
    accounts,
    openInFile,
  };
}

export const indexOf = (
  items: Iterable<readonly [string, Findable]>,
  lines: Iterable<readonly [string, FindableLine]>,
): RailIndex => {
  let index = noIndex;
  for (const [id, item] of items) {
    index = indexItem(index, id, undefined, item);
  }
  for (const [key, line] of lines) index = indexLine(index, key, line);
  return index;
};
