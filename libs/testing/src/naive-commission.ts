import { earnedOn } from './naive-commission/earnings';
import { rounded } from './naive-commission/fractions';
import type { NaiveHistory } from './naive-commission/history';
import {
  applyLimit,
  limitLine,
  limitsOf,
  payOrders,
  paySchedules,
  roundRuns,
} from './naive-commission/totals';

export { naiveKey } from './naive-commission/earnings';
export type {
  NaiveHistory,
  NaiveLine,
  NaiveLineValue,
  NaivePlan,
  NaiveRule,
} from './naive-commission/history';

/**
 * The arithmetic of commission a second time, as plainly as it can be written: it shares no code with the engine, so that a
 * mistake has to be made twice to go unnoticed. Slow on purpose; everything is computed from scratch for every question. It
 * knows neither overrides, bonuses, explicit splits nor decisions by people.
 */
/** What every line is worth at `t` under every rule that pays it; what is not there is worth nothing. */
export function naiveDue(history: NaiveHistory, t: string): Map<string, bigint> {
  const earned = history.lines.flatMap((line) => earnedOn(history, line, t));
  earned.sort((a, b) => {
    const [left, right] = [a, b].map(({ paidAt, line, rule }) => [
      paidAt,
      line.factId,
      line.line,
      rule.id,
    ]) as [string[], string[]];
    const i = left.findIndex((text, j) => text !== right[j]);
    return i < 0 ? 0 : (left[i] as string) < (right[i] as string) ? -1 : 1;
  });
  payOrders(earned, t);
  paySchedules(earned);
  for (const each of earned) limitLine(each);
  const mode =
    history.versions.filter(({ at, from }) => at <= t && (from ?? at) < history.window.until).at(-1)
      ?.value.rounding.mode ?? 'half_up';
  roundRuns(earned, mode);
  for (const limit of limitsOf(earned)) applyLimit(earned, limit, mode);
  return new Map(
    earned.map((each) => [each.key, each.worth ?? rounded(each.amount, each.plan.rounding.mode)]),
  );
}

/** The entries of each month: what the line was worth at its end, less what it was worth at the end of the month before. */
export function naiveMonths(
  history: NaiveHistory,
  monthEnds: readonly string[],
): Map<string, bigint>[] {
  const dues = monthEnds.map((end) => naiveDue(history, end));
  return dues.map((due, m) => {
    const before = dues[m - 1] ?? new Map<string, bigint>();
    const keys = [...new Set([...due.keys(), ...before.keys()])];
    return new Map(keys.map((key) => [key, (due.get(key) ?? 0n) - (before.get(key) ?? 0n)]));
  });
}
