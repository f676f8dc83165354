import { instant } from '@tributary/kernel';
import type { PlanVersion, Rule, When } from '../../../../engines/v1/plan';
import {
  appliesTo,
  competing,
  conditionOf,
  fieldsOf,
  isEverlasting,
  precedence,
} from './conditions';
import { type Finding, type LintRule, type PlacedRule, error, rulesAtWork } from './finding';
import { isPossible } from './possible';

/** Rules that never pay anything, which is never what their author wanted. */
export const unreachableRules: LintRule = ({ plan }) => {
  const rules = rulesAtWork(plan);
  const contradictory = rules.filter((placed) => !canHold(plan, placed));
  const groups = competing(rules.filter((placed) => !contradictory.includes(placed)));
  return [
    ...contradictory.map(({ pointer, rule }) =>
      error(
        'rule_unreachable',
        pointer,
        `No sale under this plan fulfils the conditions of "${rule.id}".`,
      ),
    ),
    ...rules
      .filter((placed) => isOverFromTheStart(plan, placed))
      .map(({ pointer, rule }) =>
        error(
          'rule_unreachable',
          `${pointer}/duration/until`,
          `"${rule.id}" ends before this version begins.`,
        ),
      ),
    ...groups.flatMap((group) => group.flatMap((placed) => shadowedIn(plan, group, placed))),
  ];
};

function canHold(plan: PlanVersion, { rule }: PlacedRule): boolean {
  // A bonus that counts is asked without a line, so nothing of a line, a customer or a deal is there; one that adds up lines asks them.
  const absent = isCounting(rule) ? fieldsOf(rule).filter((field) => OF_A_LINE.test(field)) : [];
  const withoutLine = absent.map((field): When => ({ [field]: { exists: false } }));
  return isPossible([appliesTo(plan), conditionOf(rule), ...withoutLine]);
}

const isCounting = ({ pay }: Rule): boolean => 'once' in pay && 'count' in pay.when;

const OF_A_LINE = /^(?:line|customer|deal)\./;

function isOverFromTheStart({ effective }: PlanVersion, { rule: { duration } }: PlacedRule) {
  return duration !== undefined && 'until' in duration && startsBefore(duration.until, effective);
}

/** Instants of a plan may still have their own offsets inside of rules. */
const startsBefore = (until: string, { from }: PlanVersion['effective']): boolean =>
  instant(until) <= from;

function shadowedIn(
  plan: PlanVersion,
  group: readonly PlacedRule[],
  { rule, pointer }: PlacedRule,
): Finding[] {
  const before = group
    .map((each) => each.rule)
    .filter((each) => each !== rule && precedence(each, rule) > 0 && isEverlasting(each));
  if (isPossible([appliesTo(plan), conditionOf(rule)], before.map(conditionOf))) return [];
  const names = before.map(({ id }) => `"${id}"`).join(', ');
  const detail = `Whatever fulfils "${rule.id}" is won by ${names} before.`;
  return [error('rule_unreachable', pointer, detail)];
}

/** Two rules of which nothing but the alphabet would decide. */
export const ambiguousWinners: LintRule = ({ plan }) =>
  competing(rulesAtWork(plan)).flatMap((group) =>
    group.flatMap((second, i) =>
      group
        .slice(0, i)
        .filter((first) => areAmbiguous(plan, group, first, second))
        .map((first) => ambiguity(first, second)),
    ),
  );

function areAmbiguous(
  plan: PlanVersion,
  group: readonly PlacedRule[],
  { rule: first }: PlacedRule,
  { rule: second }: PlacedRule,
): boolean {
  if (precedence(first, second) !== 0) return false;
  const before = group
    .map(({ rule }) => rule)
    .filter((rule) => precedence(rule, first) > 0 && isEverlasting(rule));
  return isPossible(
    [appliesTo(plan), conditionOf(first), conditionOf(second)],
    before.map(conditionOf),
  );
}

function ambiguity({ rule: first }: PlacedRule, { rule: second, pointer }: PlacedRule): Finding {
  const areTables = first.pay.kind === 'matrix' && second.pay.kind === 'matrix';
  const detail = `"${first.id}" and "${second.id}" can match the same sale, with the same priority; give one a higher one, or conditions that exclude each other.`;
  return error(areTables ? 'matrix_overlap' : 'ambiguous_winner', pointer, detail);
}
