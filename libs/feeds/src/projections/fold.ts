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
    const { columns, keyCount } = this.table;
    const stated = row as Readonly<Record<string, unknown>>;
    const key = this.keyOf(stated);
    const there = this.byKey.get(key);
    if (stated['$remove'] === true) {
      const values = columns.map(({ name }, i) => (i < keyCount ? stated[name] : undefined));
      this.byKey.set(key, { mode: 'remove', values });
      return;
    }
    if (!there) {
      this.byKey.set(key, { mode: 'merge', values: columns.map(({ name }) => stated[name]) });
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
    for (let i = keyCount; i < columns.length; i++) this.change(there.values, i, stated);
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

  private change(values: unknown[], i: number, stated: Readonly<Record<string, unknown>>): void {
    const { name, rule } = this.table.columns[i] as KeyedTable['columns'][number];
    const value = stated[name];
    if (value === undefined) return;
    if (rule === 'adds') values[i] = ((values[i] as bigint | undefined) ?? 0n) + (value as bigint);
    else if (rule === 'sets') values[i] = value;
    else values[i] ??= value;
  }

  private keyOf(stated: Readonly<Record<string, unknown>>): string {
    const { columns, keyCount } = this.table;
    let key = '';
    for (let i = 0; i < keyCount; i++) {
      const column = columns[i] as Column;
      const text = keyText(column, stated[column.name]);
      // Postgres stores no NUL in text, so it separates for certain.
      key = i === 0 ? text : `${key}\0${text}`;
    }
    return key;
  }
}

function keyText({ name, kind }: Column, value: unknown): string {
  const text = textOf(kind, value);
  if (text !== null) return text;
  throw new CodedError('row_without_key', `A row lacks its key column ${name}.`, { column: name });
}
