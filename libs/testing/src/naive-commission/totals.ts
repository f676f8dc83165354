import { periodOf } from './calendar';
import { type Earned, originalNet } from './earnings';
import {
  type Fraction,
  add,
  isLess,
  least,
  most,
  rate,
  rounded,
  subtract,
  times,
  whole,
} from './fractions';
import type { NaiveLimit, NaivePay } from './history';

/** Lines that share a running total: of one sale, or of one period of a schedule. */
function runsOf(earned: readonly Earned[]): Earned[][] {
  const runs = new Map<string, Earned[]>();
  for (const each of earned) {
    const { rule, plan, paidAt, line } = each;
    const isOrder = rule.pay.kind === 'flat' && rule.pay.per === 'order';
    if (!isOrder && rule.pay.kind !== 'schedule') continue;
    const period = periodOf(paidAt, plan.timezone, rule.pay.measure?.window ?? '');
    const key = `${rule.id} ${isOrder ? `of ${line.sale}` : period}`;
    runs.set(key, [...(runs.get(key) ?? []), each]);
  }
  return [...runs.values()];
}

/** One amount for the whole sale: each line has the part of it that it has of the sale. */
export function payOrders(earned: readonly Earned[], t: string): void {
  for (const run of runsOf(earned)) {
    const original = run.reduce((sum, { line }) => sum + originalNet(line, t), 0n);
    for (const each of run) {
      const { amount, kind } = each.rule.pay;
      if (kind !== 'flat') continue;
      if (original > 0n) each.amount = times(whole(amount ?? '0'), [each.share, original]);
      else each.isUnpaid = true;
    }
  }
}

/** Exactly what each line adds, in order; a retroactive schedule rates everything as the last line leaves it. */
export function paySchedules(earned: readonly Earned[]): void {
  for (const run of runsOf(earned)) {
    const total = run.reduce((sum, { basis }) => add(sum, basis), whole(0n));
    let before = whole(0n);
    for (const each of run) {
      const { mode, bands = [] } = each.rule.pay;
      if (mode === undefined) continue;
      const after = add(before, each.basis);
      if (mode === 'marginal')
        each.amount = subtract(inSlices(bands, after), inSlices(bands, before));
      else each.amount = times(each.basis, bandAt(bands, mode === 'cliff' ? after : total));
      before = after;
    }
  }
}

/** A line is worth what the rounded total of its run grows by. */
export function roundRuns(earned: readonly Earned[], mode: string): void {
  for (const run of runsOf(earned)) {
    let before = whole(0n);
    for (const each of run) {
      const after = add(before, each.amount);
      each.worth = rounded(after, mode) - rounded(before, mode);
      before = after;
    }
  }
}

type Bands = NonNullable<NaivePay['bands']>;

const bandAt = (bands: Bands, total: Fraction): Fraction =>
  rate(bands.find(({ upTo }) => upTo === undefined || !isLess(whole(upTo), total))?.bp ?? 0);

function inSlices(bands: Bands, total: Fraction): Fraction {
  if (isLess(total, whole(0n))) return times(total, bandAt(bands, total));
  let paidSoFar = whole(0n);
  let from = whole(0n);
  for (const { upTo, bp } of bands) {
    const until = upTo === undefined ? total : least(whole(upTo), total);
    if (isLess(from, until)) paidSoFar = add(paidSoFar, times(subtract(until, from), rate(bp)));
    from = most(from, until);
  }
  return paidSoFar;
}

/** What is given back has no floor, and no more of it than could be earned. */
export function limitLine(each: Earned): void {
  const { floor, cap } = each.rule.line ?? {};
  if (each.isUnpaid) return;
  const nothing = whole(0n);
  if (floor !== undefined && isLess(nothing, each.basis))
    each.amount = most(each.amount, whole(floor));
  if (cap === undefined) return;
  each.amount = most(least(each.amount, whole(cap)), whole(-BigInt(cap)));
}

/** Every limit of any version, those of short windows first. */
export function limitsOf(earned: readonly Earned[]): NaiveLimit[] {
  const limits = new Map<string, NaiveLimit>();
  for (const { plan } of earned) for (const limit of plan.limits ?? []) limits.set(limit.id, limit);
  const lengths = ['calendar_month', 'calendar_quarter', 'calendar_year'];
  return [...limits.values()].sort(
    (a, b) => lengths.indexOf(a.window) - lengths.indexOf(b.window) || (a.id < b.id ? -1 : 1),
  );
}

/** A line is worth what the limited total grows by, rounded before and after; how much, says the version that governs the line. */
export function applyLimit(earned: readonly Earned[], { id }: NaiveLimit, mode: string): void {
  const totals = new Map<string, Fraction>();
  for (const each of earned) {
    const { rule, plan, paidAt } = each;
    const limit = plan.limits?.find((own) => own.id === id);
    if (limit === undefined || limit.rules?.includes(rule.id) === false) continue;
    const period = periodOf(paidAt, plan.timezone, limit.window);
    const before = totals.get(period) ?? whole(0n);
    const after = add(before, each.amount);
    totals.set(period, after);
    each.worth = rounded(limited(limit, after), mode) - rounded(limited(limit, before), mode);
    // A further limit looks at what this one has left.
    each.amount = whole(each.worth);
  }
}

function limited({ min, max }: NaiveLimit, total: Fraction): Fraction {
  if (!isLess(whole(0n), total)) return total;
  const raised = min === undefined ? total : most(total, whole(min));
  return max === undefined ? raised : least(raised, whole(max));
}
