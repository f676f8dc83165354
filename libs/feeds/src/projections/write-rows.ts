import type { Statement } from '../statement';
import type { Folded } from './fold';
import { type Column, keyNames, type KeyedTable } from './keyed-table';

/**
 * Adds the folded changes of one table to a statement: one insert per set of columns that are stated, which is one or two
 * in practice. `guard` is a condition on the checkpoint, so that a fenced owner writes nothing.
 */
export function writeRows(
  statement: Statement,
  target: string,
  table: KeyedTable,
  folded: Iterable<Folded>,
  guard: string,
): void {
  const shapes = new Map<number | string, Folded[]>();
  for (const row of folded) {
    const shape = shapeOf(table, row);
    const same = shapes.get(shape);
    if (same) same.push(row);
    else shapes.set(shape, [row]);
  }
  let n = 0;
  for (const rows of shapes.values()) {
    const name = `${target}_${n++}`;
    const mode = rows[0]?.mode ?? 'merge';
    statement.with(
      name,
      mode === 'remove'
        ? removeSql(statement, target, table, rows, guard)
        : upsertSql(statement, target, table, rows, guard),
    );
  }
}

/** Which columns are stated, one binary digit for each: no table has more of them than a number holds. */
function shapeOf({ columns, keyCount }: KeyedTable, { mode, values }: Folded): number | string {
  if (mode !== 'merge') return mode;
  let shape = 0;
  for (let i = keyCount; i < columns.length; i++)
    shape = shape * 2 + (columns[i]?.rule === 'sets' && values[i] !== undefined ? 1 : 0);
  return shape;
}

function upsertSql(
  statement: Statement,
  target: string,
  table: KeyedTable,
  rows: readonly Folded[],
  guard: string,
): string {
  const mode = rows[0]?.mode ?? 'merge';
  const stated = table.columns
    .map((column, i) => ({ column, i }))
    .filter(
      ({ column, i }) =>
        mode === 'replace' || column.rule !== 'sets' || rows[0]?.values[i] !== undefined,
    );
  const names = stated.map(({ column }) => `"${column.name}"`).join(', ');
  const { arrays, listed, selected } = boundOf(statement, stated, rows);
  const changes = stated
    .filter(({ column }) => column.rule !== 'key')
    .map(({ column }) =>
      mode === 'replace' ? `"${column.name}" = excluded."${column.name}"` : changeSql(column),
    );
  const insert =
    `insert into ${target} as t (${names}) select ${selected.join(', ')} from unnest(${arrays.join(', ')}) as u (${listed.join(', ')}) ` +
    `where ${guard}`;
  if (table.writtenOnce) return insert;
  const action = changes.length === 0 ? 'nothing' : `update set ${changes.join(', ')}`;
  return `${insert} on conflict (${keyNames(table)}) do ${action}`;
}

interface Stated {
  readonly column: Column;
  readonly i: number;
}

/** As few rows as are written for one event or two are better kept to one form, which is planned once. */
const FEWEST_COMPARED = 32;

/**
 * Of many rows, what all of them say alike is sent once: what a command does to a thousand accounts has one tenant, one entity and
 * one moment. Keys differ, so that there is always something to list.
 */
function boundOf(statement: Statement, stated: readonly Stated[], rows: readonly Folded[]) {
  const [arrays, listed, selected]: [string[], string[], string[]] = [[], [], []];
  for (const { column, i } of stated) {
    const { kind, rule, name } = column;
    const values = rows.map(({ values: row }) => row[i] ?? (rule === 'adds' ? 0n : null));
    const isCommon = rows.length >= FEWEST_COMPARED && values.every((each) => each === values[0]);
    if (isCommon) selected.push(statement.bindOne(kind, values[0]));
    else {
      arrays.push(statement.bindArray(kind, values));
      listed.push(`"${name}"`);
      selected.push(`"${name}"`);
    }
  }
  return { arrays, listed, selected };
}

function changeSql({ name, rule }: Column): string {
  if (rule === 'adds') return `"${name}" = t."${name}" + excluded."${name}"`;
  if (rule === 'keeps') return `"${name}" = coalesce(t."${name}", excluded."${name}")`;
  return `"${name}" = excluded."${name}"`;
}

function removeSql(
  statement: Statement,
  target: string,
  table: KeyedTable,
  rows: readonly Folded[],
  guard: string,
): string {
  statement.searches();
  const keys = table.columns.slice(0, table.keyCount);
  const arrays = keys.map(({ kind }, i) =>
    statement.bindArray(
      kind,
      rows.map(({ values }) => values[i]),
    ),
  );
  const names = keys.map(({ name }) => `"${name}"`).join(', ');
  const match = keys.map(({ name }) => `t."${name}" = u."${name}"`).join(' and ');
  return `delete from ${target} as t using unnest(${arrays.join(', ')}) as u (${names}) where ${match} and ${guard}`;
}
