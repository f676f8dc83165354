import { type Instant, round } from '@tributary/kernel';
import { type Exact, textOf } from './exact';
import type { CreditedLine, DueKey, LineFact, LineKey, OverrideFact, WindowFacts } from './facts';
import { partOf, planAt } from './line';
import { type LineDue, keyText } from './line-due';
import type { Rule } from './plan';
import { atTime } from './timelines';
import type { TraceStep } from './trace';

type DecidedStep = OverrideFact['steps'][number];

/**
 * What two persons decided takes the place of what the rules say, for this line alone: running totals of other lines go on as if
 * nothing had been decided. It also stands for the other rules of its group, or the line would be paid twice as soon as another
 * one wins. `isAsked` says which lines the answer is about.
 */
export function withDecisions(
  facts: WindowFacts,
  t: Instant,
  dues: readonly LineDue[],
  isAsked: (key: DueKey) => boolean,
): readonly LineDue[] {
  const decided = new Map<string, LineDue>();
  const replaced = new Set<string>();
  for (const override of facts.overrides) {
    const { key } = override;
    const step = isAsked(key) ? stepAt(facts, t, override) : undefined;
    if (step === undefined) continue;
    const due = decidedDue(facts, t, key, step, dues);
    if (due === undefined) continue;
    decided.set(keyText(key), due);
    for (const rival of rivalsOf(facts, due, dues)) replaced.add(keyText(rival.key));
  }
  if (decided.size === 0) return dues;
  const answer = dues
    .filter(({ key }) => !decided.has(keyText(key)))
    .map((due) => (replaced.has(keyText(due.key)) ? nothingOf(due) : due));
  return [...answer, ...decided.values()];
}

/** What was decided last, while there is anything to decide about: where there no longer is, the rules say what is due. */
function stepAt(
  facts: WindowFacts,
  t: Instant,
  { key, steps }: OverrideFact,
): DecidedStep | undefined {
  const step = steps.findLast(({ at }) => at <= t);
  if (step === undefined || 'window' in key) return step;
  const value = atTime(factOf(facts, key)?.steps ?? [], t);
  return value !== undefined && isGone(facts, value) ? undefined : step;
}

/** The payment has left the window, or counts no longer: its lines are then told as nothing, from the beginning. */
const isGone = (
  { window }: WindowFacts,
  { paidAt, parts, gross, quantity }: CreditedLine,
): boolean =>
  paidAt < window.from ||
  paidAt >= window.until ||
  (parts.length === 0 && gross === '0' && quantity === '0');

function decidedDue(
  facts: WindowFacts,
  t: Instant,
  key: DueKey,
  step: DecidedStep,
  dues: readonly LineDue[],
): LineDue | undefined {
  const text = keyText(key);
  const computed = dues.find((due) => keyText(due.key) === text);
  const fact = 'window' in key ? undefined : factOf(facts, key);
  const paidAt = computed?.paidAt ?? (fact && atTime(fact.steps, t)?.paidAt);
  // A decision about something that nobody has told us of waits for it.
  if (paidAt === undefined) return undefined;
  const plan = computed?.plan ?? planAt(facts, t, paidAt)?.version ?? null;
  const left = leftOf(facts, key, fact, step.at, t);
  const numerator = BigInt(step.value.amount) * left.numerator;
  const { denominator } = left;
  const rounded = round({ numerator, denominator }, plan?.rounding.mode ?? 'half_up');
  return {
    key,
    paidAt,
    plan,
    numerator,
    denominator,
    rounded,
    reason: rounded === 0n ? 'overridden' : null,
    limitedBy: null,
    hold: null,
  };
}

function factOf({ lines, children }: WindowFacts, key: LineKey): LineFact | undefined {
  const among =
    key.child === undefined
      ? lines
      : (children.find(({ partner }) => partner === key.child)?.lines ?? []);
  return among.find(
    ({ sale, payment, line }) => sale === key.sale && payment === key.payment && line === key.line,
  );
}

/**
 * The part of the share at the decision that is left now: what is refunded afterwards is taken back alike, and what is added
 * afterwards adds nothing to what was decided. Without a share it is the line's net that counts; where that was nothing either,
 * nothing can be taken back.
 */
function leftOf(
  { partner }: WindowFacts,
  key: DueKey,
  fact: LineFact | undefined,
  decidedAt: Instant,
  t: Instant,
): Exact {
  const [first] = fact?.steps ?? [];
  if (fact === undefined || first === undefined) return ONE;
  const owner = 'child' in key && key.child !== undefined ? key.child : partner;
  // A decision that is dated before the payment is about what was paid.
  const then = atTime(fact.steps, decidedAt) ?? first.value;
  const now = atTime(fact.steps, t) ?? first.value;
  const [share, net] = [partOf(then, owner), BigInt(then.net)];
  if (share !== 0n) return ratio(partOf(now, owner), share);
  return net === 0n ? ONE : ratio(BigInt(now.net), net);
}

const ONE: Exact = { numerator: 1n, denominator: 1n };

function ratio(now: bigint, then: bigint): Exact {
  const [numerator, denominator] = then < 0n ? [-now, -then] : [now, then];
  return numerator > denominator ? ONE : { numerator, denominator };
}

function rivalsOf(
  { versions }: WindowFacts,
  { key }: LineDue,
  dues: readonly LineDue[],
): readonly LineDue[] {
  if ('window' in key) return [];
  const others = dues.filter(
    (due) =>
      !('window' in due.key) &&
      due.key.rule !== key.rule &&
      keyText({ ...due.key, rule: key.rule }) === keyText(key),
  );
  // Decided while no rule paid at all, so it is about the whole line, whichever rule is found to pay on it later.
  if (key.rule === null) return others;
  const rules = versions.flatMap(({ value }) => value.rules);
  const group = groupOf(rules, key.rule);
  if (group === undefined) return [];
  return others.filter((due) => 'rule' in due.key && groupOf(rules, due.key.rule) === group);
}

/** A rule that stacks has no rivals. Of several versions of a rule the newest counts. */
function groupOf(rules: readonly Rule[], rule: string | null): string | undefined {
  const found = rules.findLast(({ id }) => id === rule);
  return found === undefined || found.stack === true ? undefined : found.group;
}

const nothingOf = (due: LineDue): LineDue => ({
  ...due,
  numerator: 0n,
  denominator: 1n,
  rounded: 0n,
  reason: 'overridden',
  limitedBy: null,
  hold: null,
});

export function decisionStep(
  facts: WindowFacts,
  key: DueKey,
  { numerator, denominator, rounded, plan }: LineDue,
  t: Instant,
): TraceStep | undefined {
  const text = keyText(key);
  const fact = facts.overrides.find((override) => keyText(override.key) === text);
  const step = fact && stepAt(facts, t, fact);
  if (step === undefined) return undefined;
  return {
    step: 'override',
    inputs: {
      amount: step.value.amount,
      decidedAt: step.at,
      exact: textOf({ numerator, denominator }),
      mode: plan?.rounding.mode ?? 'half_up',
    },
    result: String(rounded),
  };
}
