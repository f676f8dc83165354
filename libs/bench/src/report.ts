import type { Measured } from './rounds';
import { median, ratioOf } from './rounds';

/** A figure with its goal. Only ratios are judged: an absolute time says more about the machine than about us. */
export interface Figure {
  /** P1 … P16 and named ones; the key of `goals`. */
  readonly goal: string;
  readonly what: string;
  readonly ratio: number;
}

export interface Goal {
  readonly floor: number;
  readonly aim: number;
  /** A latency or a size: less is better, and `floor` is the most. */
  readonly atMost?: boolean;
}

export interface Section {
  readonly title: string;
  readonly measured: readonly Measured[];
  readonly figures: readonly Figure[];
  readonly notes?: readonly string[];
}

export function printSection(
  { title, measured, figures, notes = [] }: Section,
  goals: Readonly<Record<string, Goal>>,
): void {
  console.log(`\n${title}`);
  const limit = measured.find(({ role }) => role === 'limit');
  const peer = measured.find(({ role }) => role === 'peer');
  const rows = measured.map((one) => ({
    variant: one.name,
    'median /s': rounded(median(one.ratesPerSecond)),
    'best /s': rounded(Math.max(...one.ratesPerSecond)),
    'p50 ms': one.p50Ms === undefined ? '' : one.p50Ms.toFixed(2),
    'p99 ms': one.p99PerRoundMs.length === 0 ? '' : median(one.p99PerRoundMs).toFixed(2),
    'x limit':
      limit && limit !== one ? ratioOf(one.ratesPerSecond, limit.ratesPerSecond).toFixed(2) : '',
    'x peer':
      peer && peer !== one ? ratioOf(one.ratesPerSecond, peer.ratesPerSecond).toFixed(2) : '',
  }));
  printTable(rows);
  for (const note of notes) console.log(`  ${note}`);
  for (const figure of figures) console.log(`  ${judged(figure, goals[figure.goal])}`);
  for (const one of measured) console.log(JSON.stringify({ bench: title, ...one }));
}

export function holds({ ratio }: Figure, goal: Goal | undefined, slack = 1): boolean {
  if (!goal) return true;
  return goal.atMost ? ratio <= goal.floor / slack : ratio >= goal.floor * slack;
}

function judged(figure: Figure, goal: Goal | undefined): string {
  const sign = goal?.atMost ? '<=' : '>=';
  const against = goal ? ` (floor ${sign} ${goal.floor}, aim ${goal.aim})` : '';
  const verdict = holds(figure, goal) ? 'reached' : 'BELOW FLOOR';
  return `${figure.goal} ${figure.what}: ${figure.ratio.toFixed(2)}x${against} ${verdict}`;
}

function printTable(rows: readonly Record<string, string>[]): void {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first);
  const widths = columns.map((column) =>
    Math.max(column.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')}`;
  console.log(line(columns));
  for (const row of rows) console.log(line(columns.map((column) => row[column] ?? '')));
}

const rounded = (value: number): string => Math.round(value).toLocaleString('en-US');
