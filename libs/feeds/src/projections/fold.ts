import { CodedError } from '@tributary/kernel';
import type { Column, KeyedTable } from './keyed-table';
import { textOf } from './kinds';

/** `merge`: changes what stands there. `replace`: what stood there was removed before. `remove`: nothing is left. */
export type FoldedMode = 'merge' | 'remove' | 'replace';

export interface Folded {
  mode: FoldedMode;
  /** By column; undefined where no event said anything. */
  readonly values: unknown[];
}

/** What several events do to the rows of one table, as one change per key. */
export class Fold {
  private readonly byKey = new Map<string, Folded>();

  constructor(private readonly table: KeyedTable) {}

  get size(): number {
    return this.byKey.size;
  }

  add(row: object): void {
    const { mode, values } = statedIn(row, this.table);
    const key = keyIn(values, this.table);
    const there = this.byKey.get(key);
    if (!there || mode === 'remove') {
      this.byKey.set(key, { mode, values });
      return;
    }
    if (this.table.writtenOnce) {
      throw new CodedError(
        'row_written_twice',
        'A table whose rows are written once was given the same key again.',
        { key },
      );
    }
    if (there.mode === 'remove') there.mode = 'replace';
    this.change(there.values, values);
  }

  rows(): IterableIterator<Folded> {
    return this.byKey.values();
  }

  *slices(size: number): Generator<readonly Folded[]> {
    let slice: Folded[] = [];
    for (const row of this.byKey.values()) {
      slice.push(row);
      if (slice.length < size) continue;
      yield slice;
      slice = [];
    }
    if (slice.length > 0) yield slice;
  }

  clear(): void {
    this.byKey.clear();
  }

  private change(values: unknown[], stated: readonly unknown[]): void {
    const { columns, keyCount } = this.table;
    for (let i = keyCount; i < columns.length; i++) {
      const value = stated[i];
      if (value === undefined) continue;
      const rule = columns[i]?.rule;
      if (rule === 'adds')
        values[i] = ((values[i] as bigint | undefined) ?? 0n) + (value as bigint);
      else if (rule === 'sets') values[i] = value;
      else values[i] ??= value;
    }
  }
}

/**
 * By what a row says and not by what its table could hold: rows have a shape for each event and each reason behind it, and the engine
 * takes five times as long to find that an object of some shape lacks a field as to walk over those that it has.
 */
function statedIn(row: object, { columns, keyCount, places }: KeyedTable): Folded {
  const values = new Array<unknown>(columns.length).fill(undefined);
  let mode: FoldedMode = 'merge';
  for (const name in row) {
    const value = (row as Readonly<Record<string, unknown>>)[name];
    const place = places[name];
    if (place !== undefined) values[place] = value;
    else if (name === '$remove' && value === true) mode = 'remove';
  }
  if (mode === 'remove') values.fill(undefined, keyCount);
  return { mode, values };
}

function keyIn(values: readonly unknown[], { columns, keyCount }: KeyedTable): string {
  let key = '';
  for (let i = 0; i < keyCount; i++) {
    const text = keyText(columns[i] as Column, values[i]);
    // Postgres stores no NUL in text, so it separates for certain.
    key = i === 0 ? text : `${key}\0${text}`;
  }
  return key;
}

function keyText({ name, kind }: Column, value: unknown): string {
  const text = textOf(kind, value);
  if (text !== null) return text;
  throw new CodedError('row_without_key', `A row lacks its key column ${name}.`, { column: name });
}
