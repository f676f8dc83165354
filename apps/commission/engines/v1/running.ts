import { type Instant, type RoundingMode, round } from '@tributary/kernel';
import { periodKeyAt } from './calendar';
import { type CompiledLimit, compilePlan } from './compile';
import type { Earning } from './earning';
import { type Exact, ZERO, plus, textOf } from './exact';
import type { LineKey, WindowFacts } from './facts';
import { applyLimit, limitedPerLine } from './limits';
import { originalNetOf } from './line';
import { paySchedule } from './rules/schedule';

/** By (paidAt, fact, line, rule), whatever the order of arrival. */
export function inOrder(a: Earning, b: Earning): number {
  return (
    compareTexts(a.paidAt, b.paidAt) ||
    compareTexts(a.factId, b.factId) ||
    compareTexts(lineOf(a), lineOf(b)) ||
    compareTexts(a.key.rule ?? '', b.key.rule ?? '') ||
    compareTexts(childOf(a), childOf(b))
  );
}

const compareTexts = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
const lineOf = ({ line }: Earning): string => line?.line ?? '';
const childOf = ({ key }: Earning): string => ('child' in key ? (key.child ?? '') : '');

/** Rules whose worth of a line depends on the lines before it. `earnings` stand in their order. */
export function payTogether(facts: WindowFacts, t: Instant, earnings: readonly Earning[]): void {
  for (const group of groupsBy(earnings, (earning) => togetherKey(facts, earning)).values()) {
    const [first] = group.members;
    if (first?.rule?.perOrder != null) payPerOrder(group, t);
    else payBySchedule(group);
  }
}

interface RunningGroup {
  readonly key: string;
  readonly members: Earning[];
}

function togetherKey({ months }: WindowFacts, { rule, key, paidAt }: Earning): string | null {
  if (rule === null || rule.pay !== null) return null;
  if (rule.perOrder !== null) return `order ${rule.id} ${(key as LineKey).sale}`;
  return rule.schedule === null
    ? null
    : `schedule ${rule.id} ${periodKeyAt(paidAt, rule.schedule.window, months)}`;
}

function payBySchedule({ key, members }: RunningGroup): void {
  const final = members.reduce<Exact>((sum, { basis }) => plus(sum, basis), ZERO);
  let before = ZERO;
  for (const earning of members) {
    const { rule, basis, trace } = earning;
    const after = plus(before, basis);
    if (rule?.schedule) {
      const paid = paySchedule(rule.schedule, { before, after, final }, trace);
      earning.amount = limitedPerLine(earning, paid);
    }
    earning.running = key;
    before = after;
  }
}

/** One amount for the sale: each line has the part of it that it has of the sale, as far as it was not refunded. */
function payPerOrder({ key, members }: RunningGroup, t: Instant): void {
  const original = members.reduce(
    (sum, { line }) => sum + (line === null ? 0n : originalNetOf(line, t)),
    0n,
  );
  for (const earning of members) {
    const amount = earning.rule?.perOrder ?? 0n;
    const { part, trace } = earning;
    earning.running = key;
    if (original <= 0n) continue;
    const paid = { numerator: amount * part, denominator: original };
    trace?.push({
      step: 'order',
      inputs: { amount: String(amount), part: String(part), originalNet: String(original) },
      result: textOf(paid),
    });
    earning.amount = limitedPerLine(earning, paid);
  }
}

/** Limits by their periods, short ones first. How much a line may be worth says the version that governs it. */
export function applyLimits(
  facts: WindowFacts,
  t: Instant,
  earnings: readonly Earning[],
  mode: RoundingMode,
): void {
  for (const { id } of limitsOf(facts, t)) {
    const groups = groupsBy(earnings, (earning) => {
      const own = limitOf(earning, id);
      return own ? `limit ${id} ${periodKeyAt(earning.paidAt, own.window, facts.months)}` : null;
    });
    for (const { members } of groups.values()) {
      const limited = members.flatMap((earning) => {
        const limit = limitOf(earning, id);
        return limit ? [{ earning, limit }] : [];
      });
      applyLimit(limited, mode);
    }
  }
}

/** As the version that governs the line puts it; undefined where it leaves its rule alone. */
function limitOf({ plan, rule }: Earning, id: string): CompiledLimit | undefined {
  if (rule === null) return undefined;
  const own = plan?.limits.find((limit) => limit.id === id);
  return own && (own.rules === null || own.rules.has(rule.id)) ? own : undefined;
}

const LENGTHS = ['calendar_month', 'calendar_quarter', 'calendar_year'];

function limitsOf({ versions, window }: WindowFacts, t: Instant): readonly CompiledLimit[] {
  const limits = new Map<string, CompiledLimit>();
  for (const { at, from = at, value } of versions)
    if (at <= t && from < window.until)
      for (const limit of compilePlan(value).limits) limits.set(limit.id, limit);
  return [...limits.values()].sort(
    (a, b) => LENGTHS.indexOf(a.window) - LENGTHS.indexOf(b.window) || compareTexts(a.id, b.id),
  );
}

function groupsBy(
  earnings: readonly Earning[],
  keyOf: (earning: Earning) => string | null,
): ReadonlyMap<string, RunningGroup> {
  const groups = new Map<string, RunningGroup>();
  for (const earning of earnings) {
    const key = keyOf(earning);
    if (key === null) continue;
    const group = groups.get(key);
    if (group) group.members.push(earning);
    else groups.set(key, { key, members: [earning] });
  }
  return groups;
}

/** What each is worth in whole minor units: alone, or as the difference of two rounded totals, so that those add up. */
export function roundedInOrder(
  earnings: readonly Earning[],
  newest: RoundingMode,
): readonly bigint[] {
  const rounded: bigint[] = [];
  const totals = new Map<string, Exact>();
  for (const earning of earnings) {
    const { running, amount, plan, trace } = earning;
    const before = running === null ? ZERO : (totals.get(running) ?? ZERO);
    const after = plus(before, amount);
    const mode = running === null ? (plan?.version.rounding.mode ?? newest) : newest;
    const worth = round(after, mode) - (running === null ? 0n : round(before, mode));
    trace?.push({
      step: 'round',
      inputs: { amount: textOf(amount), totalBefore: textOf(before), mode },
      result: String(worth),
    });
    if (running !== null) totals.set(running, after);
    rounded.push(worth);
  }
  return rounded;
}
