import type { Instant } from '@tributary/kernel';
import { instantOf, msOfText } from './calendar';
import { type Condition, compileWhen } from './conditions';
import { type InTime, compileDuration } from './durations';
import type { Limit, Pay, PlanVersion, Rule, WindowLength } from './plan';
import { type Bonus, compileBonus } from './rules/bonus';
import { payFlat, payPerUnit } from './rules/flat';
import { payMatrix } from './rules/matrix';
import { payOverride } from './rules/override';
import { type Payer, amountOf, invalidRule } from './rules/payer';
import { payPercent } from './rules/percent';
import { byAttribution, payFromPool, weightsBy } from './rules/pool';
import { type Schedule, compileSchedule } from './rules/schedule';
import { onMeter } from './rules/usage-share';

export interface CompiledRule {
  readonly id: string;
  readonly rule: Rule;
  readonly condition: Condition;
  readonly inTime: InTime;
  /** How one line is paid by itself; null where other lines have a say. */
  readonly pay: Payer | null;
  readonly schedule: Schedule | null;
  /** One amount for all lines of a sale. */
  readonly perOrder: bigint | null;
  readonly floor: bigint | null;
  readonly cap: bigint | null;
}

export interface CompiledBonus extends CompiledRule {
  readonly bonus: Bonus;
}

export interface CompiledLimit {
  readonly id: string;
  readonly window: WindowLength;
  readonly max: bigint | null;
  readonly min: bigint | null;
  readonly rules: ReadonlySet<string> | null;
}

/** Of each group the best comes first, and the first that fits wins; a rule that stacks is a group of its own. */
export type Group = readonly CompiledRule[];

export interface CompiledPlan {
  readonly version: PlanVersion;
  readonly own: readonly Group[];
  readonly overrides: readonly Group[];
  readonly bonuses: readonly CompiledBonus[];
  readonly limits: readonly CompiledLimit[];
  readonly until: Instant | null;
  readonly excluded: ReadonlySet<string> | null;
  readonly kinds: ReadonlySet<string> | null;
  readonly types: ReadonlySet<string> | null;
  /** No line has a say in what another one is worth. */
  readonly isIndependent: boolean;
}

const COMPILED = new WeakMap<PlanVersion, CompiledPlan>();

/** Once per version: afterwards nothing of a plan is read, split or parsed again. Throws for what cannot be computed. */
export function compilePlan(version: PlanVersion): CompiledPlan {
  const known = COMPILED.get(version);
  if (known !== undefined) return known;
  const compiled = compile(version);
  COMPILED.set(version, compiled);
  return compiled;
}

function compile(version: PlanVersion): CompiledPlan {
  const rules = version.rules.filter(({ enabled }) => enabled !== false);
  const bonuses: CompiledBonus[] = [];
  const [own, overrides]: [CompiledRule[], CompiledRule[]] = [[], []];
  for (const rule of rules) {
    const compiled = compileRule(version, rule);
    if (rule.pay.kind === 'bonus' || rule.pay.kind === 'milestone')
      bonuses.push({ ...compiled, bonus: compileBonus(rule.pay) });
    else (isOverride(rule) ? overrides : own).push(compiled);
  }
  const limits = (version.limits ?? []).map(compileLimit);
  const { effective, basis, appliesTo } = version;
  return {
    version,
    own: groupsOf(own),
    overrides: groupsOf(overrides),
    bonuses,
    limits,
    until: effective.to === null ? null : instantOf(msOfText(effective.to)),
    excluded: namesOf(basis.excludeProducts),
    kinds: namesOf(appliesTo?.partnerTypes),
    types: namesOf(appliesTo?.agreementTypes),
    isIndependent: limits.length === 0 && [...own, ...overrides].every(({ pay }) => pay !== null),
  };
}

const isOverride = ({ payee }: Rule): boolean => payee === 'partner.parent';

const namesOf = (names: readonly string[] | undefined): ReadonlySet<string> | null =>
  names === undefined || names.length === 0 ? null : new Set(names);

function compileRule(version: PlanVersion, rule: Rule): CompiledRule {
  const { id, when, pay, line } = rule;
  const condition = compileWhen(when);
  const schedule = pay.kind === 'schedule' ? compileSchedule(pay) : null;
  const perOrder = pay.kind === 'flat' && pay.per === 'order' ? amountOf(pay.amount) : null;
  const isTogether = schedule !== null || perOrder !== null;
  if (isTogether && version.credit?.split === 'pool')
    throw invalidRule('what looks at several lines cannot be shared from a pool', { id });
  if (isTogether && isOverride(rule)) throw invalidRule('an override pays on one line', { id });
  return {
    id,
    rule,
    condition: pay.kind === 'usage_share' ? onMeter(pay.meter, condition) : condition,
    inTime: compileDuration(rule),
    pay: isTogether ? null : payerOf(version, rule),
    schedule,
    perOrder,
    floor: optionalAmount(line?.floor),
    cap: optionalAmount(line?.cap),
  };
}

function payerOf({ credit, rounding }: PlanVersion, rule: Rule): Payer {
  const payer = payerOfKind(rule.pay, rounding.mode);
  const isShared = credit?.split === 'pool' && rule.pay.kind !== 'split' && !isOverride(rule);
  return isShared ? payFromPool(payer, rounding.mode, byAttribution) : payer;
}

function payerOfKind(pay: Pay, mode: PlanVersion['rounding']['mode']): Payer {
  switch (pay.kind) {
    case 'flat':
      return payFlat(pay.amount);
    case 'per_unit':
      return payPerUnit(pay.amount);
    case 'percent':
      return 'of' in pay ? payOverride(pay.bp, pay.of) : payPercent(pay.bp);
    case 'usage_share':
      return payPercent(pay.bp);
    case 'matrix':
      return payMatrix(pay);
    case 'split':
      return payFromPool(payPercent(pay.bp), mode, weightsBy(pay.by));
    case 'bonus':
    case 'milestone':
    case 'schedule':
      return () => 'no_rule';
    default:
      throw invalidRule('there is no such kind', { pay });
  }
}

function compileLimit({ id, scope, window, max, min, rules }: Limit): CompiledLimit {
  if (scope !== 'partner') throw invalidRule('a limit is of a partner', { id, scope });
  return {
    id,
    window,
    max: optionalAmount(max),
    min: optionalAmount(min),
    rules: namesOf(rules),
  };
}

const optionalAmount = (text: string | undefined): bigint | null =>
  text === undefined ? null : amountOf(text);

function groupsOf(rules: readonly CompiledRule[]): readonly Group[] {
  const groups = new Map<string, CompiledRule[]>();
  const stacking: Group[] = [];
  for (const compiled of rules) {
    const { group, stack } = compiled.rule;
    if (stack === true) stacking.push([compiled]);
    else groups.set(group, [...(groups.get(group) ?? []), compiled]);
  }
  return [...[...groups.values()].map((group) => group.sort(betterFirst)), ...stacking];
}

/** The highest priority, then the most specific, then the first by id. */
function betterFirst(a: CompiledRule, b: CompiledRule): number {
  return (
    (b.rule.priority ?? 0) - (a.rule.priority ?? 0) ||
    b.condition.specificity - a.condition.specificity ||
    (a.id < b.id ? -1 : 1)
  );
}

/** What of the calendar `offsets` must reach: so many months before the window, so many days after it. */
export function calendarOf({ rules, hold }: PlanVersion): {
  monthsBefore: number;
  daysAfter: number;
} {
  const months = rules.map(({ duration }) =>
    duration !== undefined && 'months' in duration ? duration.months : 0,
  );
  return { monthsBefore: months.reduce((a, b) => (a > b ? a : b), 0), daysAfter: hold.days };
}
