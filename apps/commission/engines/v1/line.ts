import type { Instant } from '@tributary/kernel';
import { type CompiledPlan, type CompiledRule, type Group, compilePlan } from './compile';
import type { Earning } from './earning';
import { type Exact, ZERO, textOf, whole } from './exact';
import type { ChildFacts, CreditedLine, LineFact, LineKey, WindowFacts } from './facts';
import { fieldOf } from './conditions';
import type { ZeroReason } from './line-due';
import { limitedPerLine } from './limits';
import { refusalOfLine, refusalOfParent, refusalOfPartner } from './refusals';
import { type PayInput, isReason } from './rules/payer';
import { type Situation, agreementAt } from './situation';
import { atTime, forSale } from './timelines';
import type { Recorder, TraceStep } from './trace';

/** What a calculation collects on its way through the lines. */
export interface Collected {
  readonly earnings: Earning[];
  /** Lines that bonuses may add up; null where no bonus does. */
  readonly credited: Credited[] | null;
}

export interface Credited {
  readonly situation: Situation;
  readonly factId: string;
  readonly line: LineFact;
  readonly plan: CompiledPlan;
  readonly basis: Exact;
}

export interface AskedFor {
  readonly fact: LineFact;
  /** Of an override whose line it is; null: the partner's own. */
  readonly child: ChildFacts | null;
  readonly isTraced: boolean;
}

/** The line itself, where it stands at `t`, and whose it is. */
interface Asked {
  readonly facts: WindowFacts;
  readonly t: Instant;
  readonly fact: LineFact;
  readonly value: CreditedLine;
  readonly child: ChildFacts | null;
  readonly trace: Recorder;
}

/** Adds what the line is worth under each rule that pays on it, or one zero that says why none does. */
export function collectLine(
  facts: WindowFacts,
  t: Instant,
  { fact, child, isTraced }: AskedFor,
  to: Collected,
): void {
  const value = atTime(fact.steps, t);
  if (value === undefined) return;
  const trace: TraceStep[] | null = isTraced ? [] : null;
  const asked: Asked = { facts, t, fact, value, child, trace };
  const { paidAt } = value;
  const { window } = facts;
  if (paidAt < window.from || paidAt >= window.until) {
    to.earnings.push(nothing(asked, null, 'outside_window'));
    return;
  }
  const plan = planAt(facts, t, paidAt);
  if (plan === null) to.earnings.push(nothing(asked, null, 'no_plan'));
  else collectUnder(plan, asked, to);
}

export function planAt(facts: WindowFacts, t: Instant, paidAt: Instant): CompiledPlan | null {
  const version = forSale(facts.versions, t, paidAt);
  if (version === undefined) return null;
  const plan = compilePlan(version);
  return plan.until !== null && paidAt >= plan.until ? null : plan;
}

function collectUnder(plan: CompiledPlan, asked: Asked, to: Collected): void {
  const { value, child } = asked;
  const groups = child === null ? plan.own : plan.overrides;
  // A plan without overrides has nothing to say about children, not even a zero.
  if (child !== null && groups.length === 0) return;
  const situation = situationOf(asked);
  const refusal = refusalOf(plan, asked, situation);
  if (refusal !== null) {
    to.earnings.push(nothing(asked, plan, refusal));
    return;
  }
  const part = partOf(value, situation.owner);
  const basis = basisOf(plan, value, part, asked.trace);
  if (child === null)
    to.credited?.push({ situation, factId: asked.fact.factId, line: asked.fact, plan, basis });
  const input: PayInput = {
    situation,
    line: value,
    part,
    basis,
    originalNet: originalNetOf(asked.fact, asked.t),
    posted: child === null ? undefined : postedFor(child, asked),
    trace: null,
  };
  const before = to.earnings.length;
  let isOver = false;
  for (const group of groups) {
    const rule = winnerOf(group, situation, asked);
    if (rule === 'over') isOver = true;
    else if (rule !== null) to.earnings.push(earningOf(plan, rule, asked, input));
  }
  if (to.earnings.length === before)
    to.earnings.push(nothing(asked, plan, isOver ? 'duration_over' : 'no_rule'));
}

function situationOf({ facts, t, value, child }: Asked): Situation {
  const { paidAt } = value;
  const owner = child === null ? facts.partner : child.partner;
  const terms = child === null ? facts.terms : child.terms;
  const agreement = agreementAt(terms, t, paidAt, (agreed) =>
    child === null
      ? agreed.plan === facts.plan && agreed.partner === owner
      : agreed.plan === facts.plan && agreed.partner === owner && agreed.parent === facts.partner,
  );
  const partner = forSale(terms.partner, t, paidAt);
  return { t, paidAt, owner, terms, partner, agreement, line: value };
}

function refusalOf(plan: CompiledPlan, asked: Asked, situation: Situation): ZeroReason | null {
  asked.trace?.push(termsStep(plan, asked, situation));
  const { value, child, facts, t } = asked;
  return (
    refusalOfLine(plan, value, situation.owner) ??
    refusalOfPartner(plan, situation.partner, situation.agreement) ??
    (child === null ? null : refusalOfParent(facts, t, value.paidAt))
  );
}

function termsStep(
  { version }: CompiledPlan,
  { value, t }: Asked,
  { partner, agreement, owner }: Situation,
): TraceStep {
  return {
    step: 'terms',
    inputs: {
      paidAt: value.paidAt,
      asOf: t,
      plan: version.planId,
      version: version.version,
      partner: owner,
      status: partner?.status ?? null,
      agreement: agreement?.id ?? null,
    },
    result: null,
  };
}

export function partOf({ parts }: CreditedLine, owner: string): bigint {
  let sum = 0n;
  for (const { partner, basis } of parts) if (partner === owner) sum += BigInt(basis);
  return sum;
}

/**
 * What was sold, as far as is known by then: a refund that is dated with the payment, or before it, is in the first step already, and
 * shows what it was of once it fails.
 */
export function originalNetOf({ steps }: LineFact, t: Instant): bigint {
  let most = 0n;
  for (const { at, value } of steps) {
    const net = BigInt(value.net);
    if (at <= t && (net < 0n ? net < most : net > most)) most = net;
  }
  return most;
}

/** The partner's share of what is left of the line after what the plan does not pay on. */
function basisOf(
  { version }: CompiledPlan,
  value: CreditedLine,
  part: bigint,
  trace: Recorder,
): Exact {
  const { excludeTax, deductMarketplaceFee } = version.basis;
  const fee = deductMarketplaceFee === true ? BigInt(value.marketplace?.fee ?? 0) : 0n;
  const tax = excludeTax ? 0n : BigInt(value.tax);
  const isPlain = fee === 0n && tax === 0n;
  const net = isPlain && trace === null ? 0n : BigInt(value.net);
  const basis = isPlain ? whole(part) : shareOf(part, net, net - fee + tax);
  trace?.push({
    step: 'basis',
    inputs: { part: String(part), net: String(net), fee: String(fee), tax: String(tax) },
    result: textOf(basis),
  });
  return basis;
}

function shareOf(part: bigint, net: bigint, amount: bigint): Exact {
  if (net === 0n) return ZERO;
  return net < 0n
    ? { numerator: -part * amount, denominator: -net }
    : { numerator: part * amount, denominator: net };
}

/** What the child's own rules have posted for the line by `t`; undefined until something was. */
function postedFor(child: ChildFacts, { fact, t }: Asked): bigint | undefined {
  let sum: bigint | undefined;
  for (const { sale, payment, line, steps } of child.posted) {
    if (payment !== fact.payment || line !== fact.line || sale !== fact.sale) continue;
    const posted = atTime(steps, t);
    if (posted !== undefined) sum = (sum ?? 0n) + BigInt(posted.amount);
  }
  return sum;
}

/** The first rule of the group that fits; `over` where one would, had its time not passed. */
function winnerOf(
  group: Group,
  situation: Situation,
  { facts, trace }: Asked,
): CompiledRule | 'over' | null {
  let isOver = false;
  for (const rule of group) {
    const holds = rule.condition.holds(situation);
    const inTime = holds && rule.inTime(situation, facts.offsets);
    if (trace !== null) trace.push(matchStep(rule, situation, holds, inTime));
    if (inTime) return rule;
    if (holds) isOver = true;
  }
  return isOver ? 'over' : null;
}

function matchStep(
  { id, rule, condition }: CompiledRule,
  situation: Situation,
  holds: boolean,
  inTime: boolean,
): TraceStep {
  const asked = condition.fields.map((name) => [name, fieldOf(name).read(situation)] as const);
  return {
    step: 'match',
    inputs: { rule: id, group: rule.group, looksAt: Object.fromEntries(asked) },
    result: inTime ? 'pays' : holds ? 'duration_over' : 'does_not_apply',
  };
}

function earningOf(plan: CompiledPlan, rule: CompiledRule, asked: Asked, input: PayInput): Earning {
  const trace = asked.trace === null ? null : [...asked.trace];
  const earning: Earning = {
    ...newEarning(asked, plan, rule),
    basis: input.basis,
    part: input.part,
    trace,
  };
  // A rule that looks at several lines is asked once all of them are known.
  if (rule.pay === null) return earning;
  const paid = rule.pay(trace === null ? input : { ...input, trace });
  if (isReason(paid)) earning.reason = paid;
  else earning.amount = limitedPerLine(earning, paid);
  return earning;
}

const nothing = (asked: Asked, plan: CompiledPlan | null, reason: ZeroReason): Earning => ({
  ...newEarning(asked, plan, null),
  reason,
});

function newEarning(
  { fact, value, child, trace }: Asked,
  plan: CompiledPlan | null,
  rule: CompiledRule | null,
): Earning {
  const { sale, payment, line } = fact;
  const key: LineKey = { sale, payment, line, rule: rule?.id ?? null };
  return {
    key: child === null ? key : { ...key, child: child.partner },
    paidAt: value.paidAt,
    factId: fact.factId,
    plan,
    rule,
    basis: ZERO,
    part: 0n,
    line: fact,
    isDisputed: value.disputed,
    needsApproval: false,
    amount: ZERO,
    exact: null,
    reason: null,
    limitedBy: null,
    running: null,
    trace,
  };
}
