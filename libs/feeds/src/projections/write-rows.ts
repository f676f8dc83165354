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
  const shapes = new Map<string, Folded[]>();
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

function shapeOf(table: KeyedTable, { mode, values }: Folded): string {
  if (mode !== 'merge') return mode;
  return table.columns
    .map(({ rule }, i) => (rule === 'sets' && values[i] !== undefined ? '1' : '0'))
    .join('');
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
  const arrays = stated.map(({ column, i }) =>
    statement.bindArray(
      column.kind,
      rows.map(({ values }) => values[i] ?? (column.rule === 'adds' ? 0n : null)),
    ),
  );
  const names = stated.map(({ column }) => `"${column.name}"`).join(', ');
  const changes = stated
    .filter(({ column }) => column.rule !== 'key')
    .map(({ column }) =>
      mode === 'replace' ? `"${column.name}" = excluded."${column.name}"` : changeSql(column),
    );
  const insert =
    `insert into ${target} as t (${names}) select ${names} from unnest(${arrays.join(', ')}) as u (${names}) ` +
    `where ${guard}`;
  if (table.writtenOnce) return insert;
  const action = changes.length === 0 ? 'nothing' : `update set ${changes.join(', ')}`;
  return `${insert} on conflict (${keyNames(table)}) do ${action}`;
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
