import type { TaxProfile } from '../account/terms';
import type { WithholdingExample, WithholdingRule } from './rules';
import { withhold } from './withhold';

/** What is wrong with a rule set, where it is wrong. */
export interface RuleFlaw {
  /** JSON pointer into `rules`. */
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** Below, above and at what a rule turns on: with fewer nobody has thought about all of them. */
export const FEWEST_EXAMPLES = 3;

/** A version is refused with everything that is wrong with it; a rule whose worked examples do not come out is wrong. */
export function flawsOf(rules: readonly WithholdingRule[]): RuleFlaw[] {
  return rules.flatMap((rule, i) => [
    ...flawsOfRule(rule, `/${String(i)}`),
    ...clashes(rule, rules.slice(0, i), `/${String(i)}`),
  ]);
}

function flawsOfRule(rule: WithholdingRule, pointer: string): RuleFlaw[] {
  const flaws: RuleFlaw[] = [];
  if (rule.until !== null && rule.until <= rule.from)
    flaws.push({
      pointer: `${pointer}/until`,
      code: 'validity_reversed',
      detail: 'It ends before it begins.',
    });
  if (rule.examples.length < FEWEST_EXAMPLES)
    flaws.push({
      pointer: `${pointer}/examples`,
      code: 'too_few_examples',
      detail: `At least ${String(FEWEST_EXAMPLES)} worked examples belong to a rule.`,
    });
  for (const [i, example] of rule.examples.entries()) {
    const computed = computedOf(rule, example);
    if (computed === example.withheld) continue;
    flaws.push({
      pointer: `${pointer}/examples/${String(i)}/withheld`,
      code: 'example_differs',
      detail: `The rule keeps ${computed} back of ${example.gross}, and not ${example.withheld}.`,
    });
  }
  return flaws;
}

/** As if nothing were missing: an example is about the rate, not about somebody's papers. */
function computedOf(rule: WithholdingRule, { gross, regime }: WithholdingExample): string {
  const always = { from: rule.from, until: null };
  const profile: TaxProfile = {
    country: rule.country,
    kind: rule.payees,
    regime,
    regimeHolds: always,
    documents: rule.documents.map((name) => ({ name, ...always })),
  };
  const rules = { version: 0, hash: '', rules: [rule] };
  const { withheld } = withhold(rules, profile, BigInt(gross), rule.from);
  return withheld[0]?.amount ?? '0';
}

/** Two rules for one tax of one kind of payee at one time would keep it back twice. */
function clashes(
  rule: WithholdingRule,
  earlier: readonly WithholdingRule[],
  pointer: string,
): RuleFlaw[] {
  return earlier
    .filter((other) => isSameTax(rule, other) && overlap(rule, other))
    .map(({ rule: name }) => ({
      pointer,
      code: 'rules_overlap',
      detail: `It holds at the same time, for the same tax and payees, as ${name}.`,
    }));
}

const isSameTax = (a: WithholdingRule, b: WithholdingRule): boolean =>
  a.tax === b.tax && a.country === b.country && a.payees === b.payees;

const overlap = (a: WithholdingRule, b: WithholdingRule): boolean =>
  (a.until === null || b.from < a.until) && (b.until === null || a.from < b.until);
