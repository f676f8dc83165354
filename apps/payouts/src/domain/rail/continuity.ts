import type { Day } from '@tributary/kernel';
import type { QuarantineReason } from './statement-events';
import { signedOf } from './bank-line';
import {
  type Rail,
  type RailLine,
  balanceAfter,
  balanceBefore,
  countsIn,
  lineOf,
  statementOf,
} from './state';

export interface Doubt {
  readonly reason: Extract<QuarantineReason, 'continuity' | 'sequence_gap'>;
  readonly detail: string;
}

/** What moves by day once it counts, besides what other statements have brought already. */
export function countedAnew(state: Rail, statement: string): Map<Day, bigint> {
  const days = new Map<Day, bigint>();
  for (const line of linesOf(state, statement)) {
    if (countsIn(state, line)) continue;
    days.set(line.bookedOn, (days.get(line.bookedOn) ?? 0n) + signedOf(line));
  }
  return days;
}

function linesOf(state: Rail, statement: string): readonly RailLine[] {
  const { chunks } = statementOf(state, statement);
  const lines: RailLine[] = [];
  for (let chunk = 0; chunk < chunks; chunk += 1)
    for (const key of state.chunks.get(`${statement} ${String(chunk)}`) ?? [])
      lines.push(lineOf(state, key));
  return lines;
}

/** Why a statement cannot follow what is known of the account; undefined where it does. */
export function doubtOf(state: Rail, statement: string): Doubt | undefined {
  const gap = gapOf(state, statement);
  if (gap !== undefined) return { reason: 'sequence_gap', detail: gap };
  const detail = breakOf(state, statement);
  return detail === undefined ? undefined : { reason: 'continuity', detail };
}

/**
 * A number that is missing before this one. Banks begin anew each year, if at all; and what comes before all that is known has to fit by
 * its balance alone.
 */
function gapOf(state: Rail, statement: string): string | undefined {
  const { head, from } = statementOf(state, statement).received;
  const { sequence } = head;
  const year = from.slice(0, 4);
  if (sequence === null) return undefined;
  const before = (state.sequences.get(year) ?? []).filter((each) => each <= sequence);
  const last = before.at(-1);
  if (last === undefined || sequence - last <= 1) return undefined;
  return `Statement ${String(sequence)} comes after ${String(last)}, and what lies between is missing.`;
}

function breakOf(state: Rail, statement: string): string | undefined {
  const { received } = statementOf(state, statement);
  const { from, opening } = received;
  const { coverage } = state;
  if (coverage === null || from < coverage.from)
    return `It begins on ${from}, before the books of the account do.`;
  const anew = countedAnew(state, statement);
  const before = balanceBefore(state, from);
  if (before === BigInt(opening)) return differenceOf(state, statement, anew);

  // Made anew within one day, a statement goes on where the one before it ended.
  const { until } = coverage;
  const goesOn = until !== null && from >= until && balanceAfter(state, until) === BigInt(opening);
  if (!goesOn)
    return `Before ${from} the balance is ${String(before)}, and ${opening} by the statement.`;
  if (linesOf(state, statement).every((line) => !countsIn(state, line))) return undefined;
  return `Some of its lines of ${from} have the content of known ones, and may be those.`;
}

/**
 * On days that are known already both must have the same lines. The last day of either may have been cut off, where it was made
 * before that day was over: then one of them has all lines of the other. Both begin with the day, so where each has lines that the
 * other has not, it is one day told in two ways, and its lines would count twice.
 */
function differenceOf(
  state: Rail,
  statement: string,
  anew: ReadonlyMap<Day, bigint>,
): string | undefined {
  const known = state.coverage?.until ?? null;
  if (known === null) return undefined;
  const { received, days } = statementOf(state, statement);
  const { from, until } = received;
  const isCommon = (day: Day) => day >= from && day <= until && day <= known;
  const both = new Set([...Object.keys(days), ...state.days.entries().map(([each]) => each)]);
  for (const day of [...both].filter(isCommon)) {
    const fresh = anew.get(day);
    const together = BigInt(state.days.get(day) ?? 0) + (fresh ?? 0n);
    const agrees = together === BigInt(days[day] ?? 0) || (day === until && fresh === undefined);
    if (agrees && (fresh === undefined || !isToldAnew(state, statement, day))) continue;
    return `On ${day} other statements have other lines.`;
  }
  return undefined;
}

/**
 * Known lines that sum to zero are missed in no balance. A statement that begins with their day may go on behind them; but where it has
 * the amounts of them, or only such, or sums to zero itself, it may as well be what they say in other words.
 */
function isToldAnew(state: Rail, statement: string, day: Day): boolean {
  if (!state.days.has(day)) return false;
  const isOfDay = (line: RailLine) => line.bookedOn === day;
  const fresh = linesOf(state, statement).filter((line) => isOfDay(line) && !countsIn(state, line));
  const missed = countedLines(state, day).filter(
    ({ statements }) => !statements.includes(statement),
  );
  if (missed.length === 0) return false;
  if (day > statementOf(state, statement).received.from) return true;
  const [known, told] = [missed.map(signedOf), fresh.map(signedOf)];
  const sum = told.reduce((all, amount) => all + amount, 0n);
  return sum === 0n || isWithin(known, told) || isWithin(told, known);
}

/** Each once, in whichever statements it stands. */
function countedLines(state: Rail, day: Day): readonly RailLine[] {
  const found = new Set<RailLine>();
  for (const [key, { status, days }] of state.statements.entries()) {
    if (status !== 'imported' || days[day] === undefined) continue;
    for (const line of linesOf(state, key)) if (line.bookedOn === day) found.add(line);
  }
  return [...found];
}

function isWithin(few: readonly bigint[], many: readonly bigint[]): boolean {
  const left = new Map<bigint, number>();
  for (const amount of many) left.set(amount, (left.get(amount) ?? 0) + 1);
  return few.every((amount) => {
    const count = left.get(amount) ?? 0;
    left.set(amount, count - 1);
    return count > 0;
  });
}

/**
 * What the balance has to jump by where a person accepts a statement: once it counts, the balance is what it closes with. Only where its
 * last day is known to have gone on, its closing is of a moment that nothing else tells, and what it opens with decides.
 */
export function jumpOf(state: Rail, statement: string): bigint {
  if (breakOf(state, statement) === undefined) return 0n;
  const { received } = statementOf(state, statement);
  const { from, until, opening, closing } = received;
  const anew = countedAnew(state, statement);
  if (isCutOff(state, statement, anew)) return BigInt(opening) - balanceBefore(state, from);
  let after = balanceAfter(state, until);
  for (const amount of anew.values()) after += amount;
  return BigInt(closing) - after;
}

/** On its last day it repeats some of the known lines, and has no others. */
function isCutOff(state: Rail, statement: string, anew: ReadonlyMap<Day, bigint>): boolean {
  const { received, days } = statementOf(state, statement);
  const last = days[received.until];
  return last !== undefined && !anew.has(received.until) && last !== state.days.get(received.until);
}
