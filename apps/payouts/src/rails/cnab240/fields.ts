import type { FieldKind, FieldSpec } from './record';

type Row = readonly [name: string, from: number, to: number, kind: FieldKind, preset?: string];

/** Fields as a manual lists them, a row each. */
export const fieldsOf = (...rows: readonly Row[]): readonly FieldSpec[] =>
  rows.map(([name, from, to, kind, preset]) => ({
    name,
    from,
    to,
    kind,
    ...(kind === 'amount' && { decimals: 2 }),
    ...(preset !== undefined && { default: preset }),
  }));
