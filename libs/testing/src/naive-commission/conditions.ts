import { anniversary, clock } from './calendar';
import { decimal, isLess } from './fractions';
import {
  type NaiveHistory,
  type NaiveLine,
  type NaiveLineValue,
  type NaivePlan,
  type NaiveRule,
  governing,
} from './history';

/** One line as it stands at a moment, and what governs it. */
export interface Case {
  readonly history: NaiveHistory;
  readonly t: string;
  readonly line: NaiveLine;
  readonly value: NaiveLineValue;
  readonly plan: NaivePlan;
}

/** Of each group the strongest rule that holds, and all that stack. */
export function matching(asked: Case): NaiveRule[] {
  const holding = asked.plan.rules.filter(
    (rule) =>
      rule.enabled !== false &&
      rule.payee !== 'partner.parent' &&
      holds(rule.when ?? {}, asked) &&
      isInTime(rule, asked),
  );
  const groups = new Set(holding.map(({ group }) => group));
  return [...groups].flatMap((group) => {
    const ofGroup = holding.filter((rule) => rule.group === group);
    const [winner] = ofGroup
      .filter(({ stack }) => stack !== true)
      .sort(
        (a, b) =>
          (b.priority ?? 0) - (a.priority ?? 0) ||
          conditionsIn(b.when ?? {}) - conditionsIn(a.when ?? {}) ||
          (a.id < b.id ? -1 : 1),
      );
    return [...(winner ? [winner] : []), ...ofGroup.filter(({ stack }) => stack === true)];
  });
}

/** How many tests must hold at least. */
function conditionsIn(when: Readonly<Record<string, unknown>>): number {
  let count = 0;
  for (const [name, asked] of Object.entries(when)) {
    const parts = (asked as readonly Readonly<Record<string, unknown>>[]) ?? [];
    if (name === 'all') count += parts.reduce((sum, each) => sum + conditionsIn(each), 0);
    else if (name === 'any') count += Math.min(...parts.map(conditionsIn));
    else if (name === 'not') count += conditionsIn(asked as Readonly<Record<string, unknown>>);
    else count += 1;
  }
  return count;
}

function holds(when: Readonly<Record<string, unknown>>, asked: Case): boolean {
  return Object.entries(when).every(([name, test]) => {
    const parts = test as readonly Readonly<Record<string, unknown>>[];
    if (name === 'all') return parts.every((each) => holds(each, asked));
    if (name === 'any') return parts.some((each) => holds(each, asked));
    if (name === 'not') return !holds(test as Readonly<Record<string, unknown>>, asked);
    return passes(test, field(name, asked));
  });
}

function passes(test: unknown, found: string | null): boolean {
  if (typeof test !== 'object' || test === null) return found === String(test);
  return Object.entries(test).every(([operator, operand]) => {
    if (operator === 'exists') return (found !== null) === operand;
    if (found === null) return false;
    if (operator === 'eq') return found === String(operand);
    if (operator === 'in') return (operand as readonly unknown[]).map(String).includes(found);
    if (operator === 'prefix') return found.startsWith(String(operand));
    const isAtLeast = (bound: unknown) => !isLess(decimal(found), decimal(String(bound)));
    const isAtMost = (bound: unknown) => !isLess(decimal(String(bound)), decimal(found));
    if (operator === 'gte') return isAtLeast(operand);
    if (operator === 'lte') return isAtMost(operand);
    const [low, high] = operand as readonly unknown[];
    return isAtLeast(low) && isAtMost(high);
  });
}

export function field(name: string, { history, t, value }: Case): string | null {
  const { terms } = history;
  const { paidAt, customer } = value;
  const fields: Readonly<Record<string, () => string | null>> = {
    'partner.tier': () =>
      governing(terms.standings['commercial'] ?? [], t, paidAt)?.applied ?? null,
    'partner.type': () => governing(terms.partner, t, paidAt)?.kind ?? null,
    'line.product': () => value.product,
    'line.productGroup': () => value.productGroup,
    'line.billing': () => value.billing,
    'line.net': () => value.net,
    'line.quantity': () => value.quantity,
    'customer.type': () => customer.type,
    'customer.country': () => customer.country,
    'customer.active': () => String(customer.active),
  };
  const read = fields[name.replace('@event', '')];
  if (read === undefined) throw new Error(`The naive arithmetic does not know ${name}.`);
  return read();
}

function isInTime({ duration = {}, limit }: NaiveRule, { value, plan }: Case): boolean {
  const { paidAt, ordinal, customer } = value;
  const isAmongFirst = (count: number) => ordinal !== null && ordinal <= count;
  if (limit !== undefined && !isAmongFirst(limit.firstPayments)) return false;
  if ('firstPayments' in duration) return isAmongFirst(duration.firstPayments as number);
  if ('until' in duration) return Date.parse(paidAt) < Date.parse(duration.until as string);
  if ('while' in duration) {
    const resumes = 'resume' in duration && duration.resume === true;
    return customer.active && (resumes || !customer.reactivated);
  }
  if (!('months' in duration)) return true;
  const { firstPaidAt } = customer;
  if (firstPaidAt === null) return true;
  const end = anniversary(firstPaidAt, plan.timezone, duration.months as number);
  return clock(paidAt, plan.timezone) < end;
}
