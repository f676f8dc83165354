import { Rational } from '@tributary/kernel';
import type { BasisPoints, Pay, PlanVersion, Rule } from '../../../../engines/v1/plan';
import { appliesTo, competing, conditionOf, fieldsOf } from './conditions';
import {
  type Finding,
  type LintRule,
  type PlacedRule,
  error,
  isOverride,
  overridable,
  pointerStep,
  rulesAtWork,
  warning,
} from './finding';
import { isPossible } from './possible';

interface Range {
  readonly least: number;
  readonly most: number;
}

/** What the programme offers, in basis points. */
export const COMMERCIAL_RANGE: Range = { least: 2_000, most: 3_000 };
export const INTEGRATION_RANGE: Range = { least: 1_000, most: 2_500 };
/** On which all documents of the programme agree; outside of it one of them is contradicted. */
export const USUAL_INTEGRATION_RANGE: Range = { least: 1_500, most: 2_000 };

interface Rate {
  readonly bp: Rational;
  /** Below `pay`. */
  readonly path: string;
}

const rate = (bp: BasisPoints, path: string): Rate => ({
  bp: Rational.ofDecimal(String(bp)),
  path,
});

/** Every rate that a rule may pay; none where it pays amounts. */
function ratesOf(pay: Pay): Rate[] {
  switch (pay.kind) {
    case 'matrix':
      return Object.entries(pay.bp).flatMap(([value, cell]) => {
        const path = `/bp/${pointerStep(value)}`;
        if (typeof cell !== 'object') return [rate(cell, path)];
        return Object.entries(cell).map(([inner, bp]) => rate(bp, `${path}/${pointerStep(inner)}`));
      });
    case 'schedule':
      return pay.bands.map(({ bp }, i) => rate(bp, `/bands/${i}/bp`));
    case 'percent':
    case 'split':
    case 'usage_share':
      return [rate(pay.bp, '/bp')];
    default:
      return [];
  }
}

/** The rate by which a line is paid, apart from what is added to it or goes to somebody else. */
export const ratesOutsideRange: LintRule = ({ plan }) =>
  rulesAtWork(plan)
    .filter(({ rule }) => rule.stack !== true && !isOverride(rule))
    .flatMap((placed) =>
      ratesOf(placed.rule.pay).flatMap((each) =>
        // To pay nothing is a decision, and no rate.
        each.bp.equals(Rational.ZERO) ? [] : outsideOf(plan, placed, each),
      ),
    );

function outsideOf(
  plan: PlanVersion,
  { rule, pointer }: PlacedRule,
  { bp, path }: Rate,
): Finding[] {
  const at = `${pointer}/pay${path}`;
  const isIntegration = isForIntegrations(plan, rule);
  const range = isIntegration ? INTEGRATION_RANGE : COMMERCIAL_RANGE;
  if (!isWithin(bp, range)) {
    const detail = `${shown(bp)} is outside of what the programme offers, ${rangeText(range)}.`;
    // A plan may name products that earn less; the range is that of the programme as a whole.
    return fieldsOf(rule).some((field) => /^line\.product/.test(field))
      ? [warning('product_rate_outside_range', at, detail)]
      : [overridable('rate_outside_range', at, detail)];
  }
  if (!isIntegration || isWithin(bp, USUAL_INTEGRATION_RANGE)) return [];
  const detail = `${shown(bp)} is outside of the usual ${rangeText(USUAL_INTEGRATION_RANGE)} for integrations.`;
  return [warning('rate_unusual', at, detail)];
}

function isForIntegrations(plan: PlanVersion, rule: Rule): boolean {
  const asked = [appliesTo(plan), conditionOf(rule)];
  const integration = { 'partner.type': 'integration' };
  return (
    rule.pay.kind === 'usage_share' ||
    (isPossible([...asked, integration]) && !isPossible(asked, [integration]))
  );
}

const isWithin = (bp: Rational, { least, most }: Range): boolean =>
  bp.compare(Rational.of(BigInt(least))) >= 0 && bp.compare(Rational.of(BigInt(most))) <= 0;

const WHOLE = Rational.of(10_000n);

/** What one sale may cost in all, if the most expensive rules that can match it together do. */
export const stackExceedsBasis: LintRule = ({ plan }) => {
  const rules = rulesAtWork(plan);
  const stacking = rules.filter(({ rule }) => rule.stack === true).map((placed) => [placed]);
  const groups = [...competing(rules), ...stacking].map((group) => pricesIn(group, rules));
  const together = new Stack(plan, groups).find();
  if (!together) return [];
  const names = together.map(({ rule }) => `"${rule.id}"`).join(', ');
  const detail = `${names} together pay ${shown(sumOf(together))} of the basis of one sale.`;
  return [error('stack_exceeds_basis', together.at(-1)?.pointer ?? '/rules', detail)];
};

interface Price extends PlacedRule {
  readonly bp: Rational;
}

const pricesIn = (group: readonly PlacedRule[], all: readonly PlacedRule[]): Price[] =>
  group.map((placed) => ({ ...placed, bp: priceOf(placed.rule, all) }));

const highestOf = (rates: readonly Rational[]): Rational =>
  rates.reduce((most, each) => (each.compare(most) > 0 ? each : most), Rational.ZERO);

/** Of a child's commission, an override costs at most that part of the most that the child can earn. */
function priceOf({ pay }: Rule, all: readonly PlacedRule[]): Rational {
  const own = highestOf(ratesOf(pay).map(({ bp }) => bp));
  if (!('of' in pay) || pay.of === 'basis') return own;
  const children = all.filter(({ rule }) => !isOverride(rule));
  const ofChild = [
    ...competing(children).map((group) => highestOf(group.map(({ rule }) => priceOf(rule, [])))),
    ...children.filter(({ rule }) => rule.stack === true).map(({ rule }) => priceOf(rule, [])),
  ].reduce((sum, each) => sum.plus(each), Rational.ZERO);
  return own.times(ofChild).dividedBy(WHOLE);
}

const sumOf = (prices: readonly Price[]): Rational =>
  prices.reduce((sum, { bp }) => sum.plus(bp), Rational.ZERO);

/** Looks at combinations only where all groups together could exceed the basis, which is rare. */
const MOST_COMBINATIONS = 5_000;

class Stack {
  private left = MOST_COMBINATIONS;

  constructor(
    private readonly plan: PlanVersion,
    private readonly groups: readonly (readonly Price[])[],
  ) {}

  /** Rules that can match one sale and cost more than it is worth. */
  find(chosen: readonly Price[] = [], at = 0): readonly Price[] | undefined {
    if (sumOf(chosen).compare(WHOLE) > 0) return chosen;
    if (this.bestFrom(chosen, at).compare(WHOLE) <= 0 || this.left-- <= 0) return undefined;
    for (const price of this.groups[at] ?? []) {
      const next = [...chosen, price];
      const found = this.canMeet(next) ? this.find(next, at + 1) : undefined;
      if (found) return found;
    }
    return this.find(chosen, at + 1);
  }

  private bestFrom(chosen: readonly Price[], at: number): Rational {
    return this.groups
      .slice(at)
      .reduce((sum, group) => sum.plus(highestOf(group.map(({ bp }) => bp))), sumOf(chosen));
  }

  private canMeet(prices: readonly Price[]): boolean {
    return isPossible([appliesTo(this.plan), ...prices.map(({ rule }) => conditionOf(rule))]);
  }
}

const shown = (bp: Rational): string => {
  const [hundredths, rest] = [bp.numerator / bp.denominator, bp.numerator % bp.denominator];
  const percent = `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`;
  return `${percent.replace(/\.?0+$/, '')}${rest === 0n ? '' : '…'}%`;
};

const rangeText = ({ least, most }: Range): string => `${least / 100}% to ${most / 100}%`;
