import { type Measured, median, ratioOf } from './rounds';

/** A figure with its goal. Only ratios are judged: an absolute time says more about the machine than about us. */
export interface Figure {
  /** P1 … P16 and named ones; the key of `goals`, or a figure without a goal. */
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

export interface Judging {
  readonly goals: Readonly<Record<string, Goal>>;
  readonly slack: number;
}

export function printSection(section: Section, judging: Judging): void {
  const { title, measured, figures, notes = [] } = section;
  console.log(`\n${title}`);
  printTable(measured.map((one) => rowOf(one, measured)));
  for (const note of notes) console.log(`  ${note}`);
  for (const figure of figures) console.log(`  ${judged(figure, judging)}`);
  for (const one of measured) console.log(JSON.stringify(lineOf(title, one, measured)));
}

/** What is missed, in words; empty when every floor holds. */
export const missed = ({ figures }: Section, { goals, slack }: Judging): string[] =>
  figures
    .filter((figure) => !holds(figure, goals[figure.goal], slack))
    .map(({ goal, what, ratio }) => `${goal} (${what}) is ${ratio.toFixed(2)}x`);

export function holds({ ratio }: Figure, goal: Goal | undefined, slack = 1): boolean {
  if (!goal) return true;
  return goal.atMost ? ratio <= goal.floor / slack : ratio >= goal.floor * slack;
}

function judged(figure: Figure, { goals, slack }: Judging): string {
  const { goal: name, what, ratio } = figure;
  const goal = goals[name];
  const said = `${name} ${what}: ${ratio.toFixed(2)}x`;
  if (!goal) return said;
  const sign = goal.atMost ? '<=' : '>=';
  const loosened = slack === 1 ? '' : `, slack ${slack}`;
  const verdict = holds(figure, goal, slack) ? 'reached' : 'BELOW FLOOR';
  return `${said} (floor ${sign} ${goal.floor}${loosened}, aim ${goal.aim}) ${verdict}`;
}

function against(one: Measured, role: Measured['role'], all: readonly Measured[]) {
  const other = all.find((each) => each.role === role);
  return other === undefined || other === one ? undefined : ratioOf(one, other);
}

const usual = (perRound: readonly number[]): number | undefined =>
  perRound.length === 0 ? undefined : median(perRound);

function rowOf(one: Measured, all: readonly Measured[]): Record<string, string> {
  return {
    variant: one.name,
    'median /s': rounded(median(one.ratesPerSecond)),
    'best /s': rounded(Math.max(...one.ratesPerSecond)),
    'p50 ms': one.p50Ms?.toFixed(2) ?? '',
    'p95 ms': usual(one.p95PerRoundMs)?.toFixed(2) ?? '',
    'p99 ms': usual(one.p99PerRoundMs)?.toFixed(2) ?? '',
    'x limit': against(one, 'limit', all)?.toFixed(2) ?? '',
    'x peer': against(one, 'peer', all)?.toFixed(2) ?? '',
  };
}

/** For programs: one object per variant. */
function lineOf(bench: string, one: Measured, all: readonly Measured[]): object {
  return {
    bench,
    variant: one.name,
    role: one.role,
    rate: median(one.ratesPerSecond),
    best: Math.max(...one.ratesPerSecond),
    p50: one.p50Ms,
    p95: usual(one.p95PerRoundMs),
    p99: usual(one.p99PerRoundMs),
    xLimit: against(one, 'limit', all),
    xPeer: against(one, 'peer', all),
    rounds: one.ratesPerSecond,
  };
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
