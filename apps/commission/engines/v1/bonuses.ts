import type { Instant } from '@tributary/kernel';
import { periodsOf } from './calendar';
import { type CompiledBonus, type CompiledPlan, compilePlan } from './compile';
import type { Earning } from './earning';
import { ZERO, textOf, whole } from './exact';
import type { WindowFacts, WindowPeriod } from './facts';
import { type Credited, planAt } from './line';
import { refusalOfPartner } from './refusals';
import { type ZeroReason, keyText } from './line-due';
import { type Contribution, type Reached, measuredIn, reachedBy } from './rules/bonus';
import { type Situation, agreementAt } from './situation';
import { forSale } from './timelines';
import type { TraceStep } from './trace';

/**
 * A bonus belongs to whatever carried its sum over the threshold: that moment decides which version and which terms govern it,
 * as a payment does for a line. Where nothing did yet, the newest version says what is missing. It is one bonus, however many
 * versions have it, so that a later threshold neither takes away what was reached before nor pays it again; one that is lower than
 * what was reached before pays with whatever comes next.
 */
export function bonusEarnings(
  facts: WindowFacts,
  t: Instant,
  credited: readonly Credited[],
  isTraced: boolean,
): readonly Earning[] {
  const plans = plansOf(facts, t);
  const found = plans.flatMap((plan) =>
    plan.bonuses.flatMap((rule) =>
      periodsOf(rule.bonus.once, facts.months).flatMap((period) => {
        const reached = reachedIn({ facts, t, plan, rule, period, credited });
        const governs = reached.by !== undefined || plan === plans.at(-1);
        return governs && reached.total.numerator !== 0n
          ? [bonusEarning({ facts, t, plan, rule, period, reached, isTraced })]
          : [];
      }),
    ),
  );
  return onePerKey(found);
}

function onePerKey(found: readonly Earning[]): readonly Earning[] {
  const kept = new Map<string, Earning>();
  for (const earning of found) {
    const text = keyText(earning.key);
    const other = kept.get(text);
    if (other === undefined || goesBefore(earning, other)) kept.set(text, earning);
  }
  return [...kept.values()];
}

/** What pays goes before what was refused, that before what is not reached; of two alike the one that was reached first. */
function goesBefore(a: Earning, b: Earning): boolean {
  const [left, right] = [rankOf(a), rankOf(b)];
  return left === right ? a.paidAt < b.paidAt : left < right;
}

const rankOf = ({ reason }: Earning): number =>
  reason === null ? 0 : reason === 'threshold_not_reached' ? 2 : 1;

/** Every version that governs some moment of the window, each once. */
function plansOf({ versions, window }: WindowFacts, t: Instant): readonly CompiledPlan[] {
  const known = versions.filter(({ at, from = at }) => at <= t && from < window.until);
  return [...new Set(known.map(({ value }) => compilePlan(value)))];
}

interface Asked {
  readonly facts: WindowFacts;
  readonly t: Instant;
  readonly plan: CompiledPlan;
  readonly rule: CompiledBonus;
  readonly period: WindowPeriod;
}

function reachedIn({
  facts,
  t,
  plan,
  rule,
  period,
  credited,
}: Asked & { readonly credited: readonly Credited[] }): Reached {
  const { measure, threshold } = rule.bonus;
  const contributions =
    measure === null
      ? creditedIn(credited, rule, period)
      : measuredIn(facts.terms.measures, measure, period, t);
  return reachedBy(contributions, threshold, (at) => {
    const governing = planAt(facts, t, at);
    const named = governing?.bonuses.find((bonus) => isSame(bonus, rule));
    return { isThis: governing === plan, threshold: named?.bonus.threshold };
  });
}

/** The same bonus of another version: what it asks for can be compared. */
const isSame = (a: CompiledBonus, b: CompiledBonus): boolean =>
  a.id === b.id && a.bonus.once === b.bonus.once && a.bonus.measure === b.bonus.measure;

/** The credited net of the lines that the rule's own conditions let in. */
const creditedIn = (
  credited: readonly Credited[],
  { condition }: CompiledBonus,
  { from, until }: WindowPeriod,
): readonly Contribution[] =>
  credited
    .filter(({ situation }) => situation.paidAt >= from && situation.paidAt < until)
    .filter(({ situation }) => condition.holds(situation))
    .map(({ situation, factId, line, basis }) => ({
      at: situation.paidAt,
      id: `${factId} ${line.line}`,
      amount: basis,
    }));

interface Found extends Asked {
  readonly reached: Reached;
  readonly isTraced: boolean;
}

function bonusEarning(found: Found): Earning {
  const { t, plan, rule, period, reached, isTraced } = found;
  const { bonus, id } = rule;
  const reason = refusalOf(found);
  const steps: TraceStep[] = [
    {
      step: 'bonus',
      inputs: {
        rule: id,
        plan: plan.version.planId,
        version: plan.version.version,
        asOf: t,
        measure: bonus.measure ?? 'credited.net',
        total: textOf(reached.total),
        threshold: textOf(bonus.threshold),
        reachedAt: reached.by?.at ?? null,
        amount: String(bonus.amount),
        refused: reason,
      },
      result: reason === null ? String(bonus.amount) : '0',
    },
  ];
  return {
    key: { rule: id, window: period.key },
    paidAt: reached.by?.at ?? period.from,
    factId: reached.by?.id ?? '',
    plan,
    rule,
    basis: ZERO,
    part: 0n,
    line: null,
    isDisputed: false,
    needsApproval: bonus.needsApproval,
    amount: reason === null ? whole(bonus.amount) : ZERO,
    exact: null,
    reason,
    limitedBy: null,
    running: null,
    trace: isTraced ? steps : null,
  };
}

function refusalOf({ facts, t, plan, rule, reached: { by } }: Found): ZeroReason | null {
  if (by === undefined) return 'threshold_not_reached';
  const { terms, partner: owner, plan: planId } = facts;
  const paidAt = by.at;
  const partner = forSale(terms.partner, t, paidAt);
  const agreement = agreementAt(terms, t, paidAt, (agreed) => agreed.plan === planId);
  const refusal = refusalOfPartner(plan, partner, agreement);
  if (refusal !== null) return refusal;
  const situation: Situation = { t, paidAt, owner, terms, partner, agreement, line: null };
  // Of a sum the conditions chose the lines; a count has no lines, so they ask about the partner.
  const holds = rule.bonus.measure === null || rule.condition.holds(situation);
  return holds && rule.inTime(situation, facts.offsets) ? null : 'no_rule';
}
