import { type Json, type KeyedRows, PersistentMap } from '@tributary/kernel';
import type { AccountEvent } from './events';
import { type Account, type Item, type Line, initialAccount } from './state';

const HEAD = 'head';
type Head = Omit<Account, 'items' | 'lines'>;

/** Only lines and items that an event touched are written again, so that an account of many thousand lines stays cheap to keep. */
export const snapshot: KeyedRows<AccountEvent, Account> = {
  decider: 'account',
  stateVersion: 1,
  touched,
  row,
  restore,
};

function touched({ data }: AccountEvent): readonly string[] {
  const keys = [HEAD];
  if ('lines' in data) keys.push(...data.lines.map(({ line }) => `line/${line}`));
  if ('disputed' in data) keys.push(...data.disputed.map(({ line }) => `line/${line}`));
  if ('line' in data) keys.push(`line/${data.line}`);
  if ('item' in data) keys.push(`item/${data.item}`);
  return keys;
}

function row({ lines, items, ...head }: Account, key: string): Json | undefined {
  if (key === HEAD) return head as unknown as Json;
  const [kind, name] = [key.slice(0, 'line'.length), key.slice('line/'.length)];
  const found = kind === 'line' ? lines.get(name) : items.get(name);
  return found as unknown as Json | undefined;
}

function restore(rows: ReadonlyMap<string, Json>): Account {
  const lines: [string, Line][] = [];
  const items: [string, Item][] = [];
  for (const [key, value] of rows) {
    const name = key.slice('line/'.length);
    if (key.startsWith('line/')) lines.push([name, value as unknown as Line]);
    else if (key.startsWith('item/')) items.push([name, value as unknown as Item]);
  }
  const head = rows.get(HEAD) as unknown as Head | undefined;
  return {
    ...initialAccount,
    ...head,
    lines: PersistentMap.of(lines),
    items: PersistentMap.of(items),
  };
}
