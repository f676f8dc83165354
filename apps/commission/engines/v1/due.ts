import type { Instant, RoundingMode } from '@tributary/kernel';
import { bonusEarnings } from './bonuses';
import { addDays } from './calendar';
import { compilePlan } from './compile';
import { decisionStep, withDecisions } from './decisions';
import type { Earning } from './earning';
import type { ChildFacts, DueKey, LineFact, WindowFacts } from './facts';
import { type Collected, collectLine } from './line';
import { type Hold, type HoldCondition, type LineDue, type ZeroReason, keyText } from './line-due';
import { applyLimits, inOrder, payTogether, roundedInOrder } from './running';
import { atTime } from './timelines';
import type { Trace } from './trace';

/**
 * The specification: what every line of the window is worth at `t`, from everything that is known. A pure function of its
 * arguments; neither the order of facts nor that of their arrival has a say. A key that is not in the answer is worth nothing.
 */
export const due = (facts: WindowFacts, t: Instant): readonly LineDue[] =>
  settled(facts, t, earningsOf(facts, t, null), () => true);

/** No line of the window has a say in what another one is worth, whatever version governs it: ask for one line alone. */
export const isIndependent = ({ versions }: Pick<WindowFacts, 'versions'>): boolean =>
  versions.every(({ value }) => compilePlan(value).isIndependent);

/** The same answer about one line, in a window whose lines are independent. */
export function dueOfLine(facts: WindowFacts, line: LineFact, t: Instant): readonly LineDue[] {
  return dueOfOne(facts, line, null, t);
}

/** What the partner earns as a parent on one line of a child. */
export function dueOfChildLine(
  facts: WindowFacts,
  child: ChildFacts,
  line: LineFact,
  t: Instant,
): readonly LineDue[] {
  return dueOfOne(facts, line, child, t);
}

/** Bonuses look at the whole window; where the plan has none that is cheap. */
export function dueOfBonuses(facts: WindowFacts, t: Instant): readonly LineDue[] {
  const collected = collect({ ...facts, children: [] }, t, null);
  const earnings = bonusEarnings(facts, t, collected.credited ?? [], false);
  return settled(facts, t, earnings, (key) => 'window' in key);
}

export const hasBonuses = ({ versions }: Pick<WindowFacts, 'versions'>): boolean =>
  versions.some(({ value }) => compilePlan(value).bonuses.length > 0);

/** How the number came about, step by step; undefined for a key that is not in the answer. */
export function explain(facts: WindowFacts, t: Instant, key: DueKey): Trace | undefined {
  const text = keyText(key);
  const earnings = earningsOf(facts, t, key);
  const answer = settled(facts, t, earnings, () => true).find((each) => keyText(each.key) === text);
  if (answer === undefined) return undefined;
  const earning = earnings.find((each) => keyText(each.key) === text);
  const decision = decisionStep(facts, key, answer, t);
  const { plan, hold } = answer;
  return {
    due: answer,
    plan: plan && { planId: plan.planId, version: plan.version },
    rule: key.rule,
    steps: [
      ...(earning?.trace ?? []),
      ...(decision ? [decision] : []),
      ...(hold && plan
        ? [
            {
              step: 'hold' as const,
              inputs: { days: plan.hold.days, from: answer.paidAt, conditions: hold.conditions },
              result: hold.until,
            },
          ]
        : []),
    ],
  };
}

function earningsOf(facts: WindowFacts, t: Instant, traced: DueKey | null): readonly Earning[] {
  const { earnings, credited } = collect(facts, t, traced);
  if (hasBonuses(facts)) {
    const isTraced = traced !== null && 'window' in traced;
    for (const bonus of bonusEarnings(facts, t, credited ?? [], isTraced)) earnings.push(bonus);
  }
  if (isIndependent(facts)) return earnings;
  earnings.sort(inOrder);
  payTogether(facts, t, earnings);
  applyLimits(facts, t, earnings, modeOf(facts, t));
  return earnings;
}

function collect(facts: WindowFacts, t: Instant, traced: DueKey | null): Collected {
  const collected: Collected = { earnings: [], credited: hasBonuses(facts) ? [] : null };
  const ask = (fact: LineFact, child: ChildFacts | null): void =>
    collectLine(facts, t, { fact, child, isTraced: isTraced(traced, fact, child) }, collected);
  for (const line of facts.lines) ask(line, null);
  for (const child of facts.children) for (const line of child.lines) ask(line, child);
  return collected;
}

const isTraced = (traced: DueKey | null, line: LineFact, child: ChildFacts | null): boolean =>
  traced !== null &&
  !('window' in traced) &&
  traced.sale === line.sale &&
  traced.payment === line.payment &&
  traced.line === line.line &&
  traced.child === child?.partner;

function dueOfOne(
  facts: WindowFacts,
  line: LineFact,
  child: ChildFacts | null,
  t: Instant,
): readonly LineDue[] {
  const collected: Collected = { earnings: [], credited: null };
  collectLine(facts, t, { fact: line, child, isTraced: false }, collected);
  return settled(facts, t, collected.earnings, (key) => isTraced(key, line, child));
}

function settled(
  facts: WindowFacts,
  t: Instant,
  earnings: readonly Earning[],
  isAsked: (key: DueKey) => boolean,
): readonly LineDue[] {
  const isSuspended = atTime(facts.terms.partner, t)?.status === 'suspended';
  const rounded = roundedInOrder(earnings, modeOf(facts, t));
  const computed = earnings.map((earning, i): LineDue => {
    const { key, paidAt, plan, limitedBy } = earning;
    const { numerator, denominator } = earning.exact ?? earning.amount;
    const worth = rounded[i] ?? 0n;
    return {
      key,
      paidAt,
      plan: plan === null ? null : plan.version,
      numerator,
      denominator,
      rounded: worth,
      reason: worth === 0n ? reasonOf(earning) : null,
      limitedBy,
      hold: worth === 0n ? null : holdOf(facts, earning, isSuspended),
    };
  });
  return facts.overrides.length === 0 ? computed : withDecisions(facts, t, computed, isAsked);
}

/** Running totals of a window whose versions round differently follow the newest. */
const modeOf = ({ versions, window }: WindowFacts, t: Instant): RoundingMode =>
  versions.findLast(({ at, from = at }) => at <= t && from < window.until)?.value.rounding.mode ??
  'half_up';

function reasonOf({ reason, basis, amount, exact, line }: Earning): ZeroReason {
  if (reason !== null) return reason;
  if (line !== null && basis.numerator === 0n) return 'zero_basis';
  return (exact ?? amount).numerator === 0n ? 'zero_rate' : 'rounds_to_zero';
}

const UNCONDITIONAL: readonly HoldCondition[] = [];

function holdOf(
  { offsets }: WindowFacts,
  { plan, paidAt, isDisputed, needsApproval }: Earning,
  isSuspended: boolean,
): Hold | null {
  if (plan === null) return null;
  const until = addDays(paidAt, plan.version.hold.days, offsets);
  if (!isDisputed && !isSuspended && !needsApproval) return { until, conditions: UNCONDITIONAL };
  const conditions: HoldCondition[] = [];
  if (needsApproval) conditions.push('approval');
  if (isDisputed) conditions.push('dispute');
  if (isSuspended) conditions.push('suspended');
  return { until, conditions };
}
