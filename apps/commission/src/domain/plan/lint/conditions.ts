import { type Condition, compileWhen } from '../../../../engines/v1/conditions';
import type { PlanVersion, Rule, When } from '../../../../engines/v1/plan';
import { type PlacedRule, isBonus, isOverride } from './finding';
import { grouped } from './grouped';

/** What holds of every sale that a plan is asked about. */
export function appliesTo({ appliesTo: { partnerTypes, agreementTypes } = {} }: PlanVersion): When {
  return {
    ...(partnerTypes && { 'partner.type': { in: partnerTypes } }),
    ...(agreementTypes && { 'partner.class': { in: agreementTypes } }),
  };
}

/** Everything that a rule asks for, as one condition. */
export const conditionOf = ({ when = {}, pay }: Rule): When =>
  pay.kind === 'usage_share' ? { all: [when, { 'line.meter': pay.meter }] } : when;

const COMPILED = new WeakMap<Rule, Condition>();

function compiled(rule: Rule): Condition {
  const condition = COMPILED.get(rule) ?? compileWhen(conditionOf(rule));
  COMPILED.set(rule, condition);
  return condition;
}

export const fieldsOf = (rule: Rule): readonly string[] => compiled(rule).fields;

const specificityOf = (rule: Rule): number => compiled(rule).specificity;

/** Positive when the first is asked before the second, 0 when nothing but their names decides. */
export const precedence = (a: Rule, b: Rule): number =>
  (a.priority ?? 0) - (b.priority ?? 0) || specificityOf(a) - specificityOf(b);

/** It pays whenever its conditions hold, for as long as the plan. */
export const isEverlasting = ({ duration, limit }: Rule): boolean => !duration && !limit;

/** Rules of which one wins a line. What stacks competes with nobody; a bonus has no line. */
export function competing(rules: readonly PlacedRule[]): (readonly PlacedRule[])[] {
  const groups = grouped(
    rules.filter(({ rule }) => rule.stack !== true && !isBonus(rule)),
    ({ rule }) => `${rule.group} ${String(isOverride(rule))}`,
  );
  return [...groups.values()];
}
