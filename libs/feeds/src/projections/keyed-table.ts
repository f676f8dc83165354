import { CodedError } from '@tributary/kernel';
import { type FieldKind, isOptional, type Kind, kindOf, SQL_TYPES, type ValueOf } from './kinds';

export type Columns = Readonly<Record<string, FieldKind>>;
type Valued<C extends Columns> = { readonly [N in keyof C]: ValueOf<C[N]> };

/** One row as `rows(event)` states it: its key, and what this event contributes. */
export type RowOf<K extends Columns, A extends string, S extends Columns, F extends Columns> =
  | (Valued<K> & Partial<Readonly<Record<A, bigint>>> & Partial<Valued<S>> & Partial<Valued<F>>)
  | (Valued<K> & { readonly $remove: true });

export interface KeyedTableDeclaration<
  K extends Columns,
  A extends string,
  S extends Columns,
  F extends Columns,
> {
  readonly key: K;
  /** Columns that sum up, each a bigint that starts at zero. */
  readonly adds?: readonly A[];
  /** Columns that take the latest value, in feed order; left out, they stay as they are. */
  readonly sets?: S;
  /** Columns that keep the first value other than null. */
  readonly keeps?: F;
  /** What stands after `create [unique] index on <table>`, as `(partner_id)` or `unique (stream, revision)`. */
  readonly indexes?: readonly string[];
  /** No two events state the same key, so that rows are only ever inserted. */
  readonly writtenOnce?: boolean;
}

export interface Column {
  readonly name: string;
  readonly kind: Kind;
  readonly rule: 'adds' | 'keeps' | 'key' | 'sets';
}

declare const ROW: unique symbol;

/** A table that a projection keeps: rows under a key, each column with the rule by which events change it. */
export interface KeyedTable {
  readonly columns: readonly Column[];
  /** Where a column stands among them, by its name. */
  readonly places: Readonly<Record<string, number>>;
  readonly keyCount: number;
  readonly indexes: readonly string[];
  readonly writtenOnce: boolean;
}

export interface TableOf<R> extends KeyedTable {
  /** Only for the compiler: the shape of a row. */
  readonly [ROW]?: R;
}

/** See how rows are written: which of them are stated is one number. */
const MOST_COLUMNS = 50;
const COLUMN = /^[a-z][a-z0-9_]{0,58}$/;

export function keyedTable<
  K extends Columns,
  A extends string = never,
  S extends Columns = Record<never, never>,
  F extends Columns = Record<never, never>,
>(declaration: KeyedTableDeclaration<K, A, S, F>): TableOf<RowOf<K, A, S, F>> {
  const { key, adds = [], sets = {}, keeps = {}, indexes = [], writtenOnce = false } = declaration;
  const columns: Column[] = [
    ...columnsOf(key, 'key'),
    ...adds.map((name): Column => ({ name, kind: 'bigint', rule: 'adds' })),
    ...columnsOf(sets, 'sets'),
    ...columnsOf(keeps, 'keeps'),
  ];
  const names = columns.map(({ name }) => name);
  const wrong = names.find((name, i) => !COLUMN.test(name) || names.indexOf(name) !== i);
  const keyCount = Object.keys(key).length;
  if (wrong !== undefined || keyCount === 0 || Object.values(key).some(isOptional)) {
    throw new CodedError(
      'invalid_projection',
      `A table needs a key without nulls and distinct columns; see ${wrong ?? 'its key'}.`,
      {
        column: wrong,
      },
    );
  }
  if (columns.length > MOST_COLUMNS) {
    const facts = { columns: columns.length, limit: MOST_COLUMNS };
    throw new CodedError(
      'invalid_projection',
      `A table has at most ${MOST_COLUMNS} columns.`,
      facts,
    );
  }
  const places = Object.assign(
    Object.create(null) as Record<string, number>,
    Object.fromEntries(names.map((name, i) => [name, i])),
  );
  return { columns, places, keyCount, indexes, writtenOnce };
}

const columnsOf = (columns: Columns, rule: Column['rule']): Column[] =>
  Object.entries(columns).map(([name, kind]) => ({ name, kind: kindOf(kind), rule }));

export const keyNames = ({ columns, keyCount }: KeyedTable): string =>
  columns
    .slice(0, keyCount)
    .map(({ name }) => `"${name}"`)
    .join(', ');

/**
 * Half of each page is left to the next versions of its rows. A batch changes many rows of one page at once, and where they find no
 * room there, every index of the table gets an entry more for each of them; the table itself would come to be larger, too.
 */
const PERCENT_FILLED = 50;

export function createTableSql(name: string, { columns, writtenOnce }: KeyedTable): string {
  const lines = columns.map(({ name: column, kind, rule }) => {
    const suffix = rule === 'key' ? ' not null' : rule === 'adds' ? ' not null default 0' : '';
    return `"${column}" ${SQL_TYPES[kind]}${suffix}`;
  });
  const room = writtenOnce ? '' : ` with (fillfactor = ${PERCENT_FILLED})`;
  return `create table ${name} (${lines.join(', ')})${room}`;
}

/** Apart from the table, because a rebuild fills it first. Names are left to the server, so that a renamed table takes them along. */
export function createIndexesSql(name: string, table: KeyedTable): string[] {
  return [
    `alter table ${name} add primary key (${keyNames(table)})`,
    ...table.indexes.map((index) => {
      const unique = index.startsWith('unique ');
      return `create ${unique ? 'unique ' : ''}index on ${name} ${unique ? index.slice('unique '.length) : index}`;
    }),
  ];
}
