import { type Case, field, matching } from './conditions';
import { type Fraction, decimal, magnitude, over, rate, rounded, times, whole } from './fractions';
import {
  type NaiveHistory,
  type NaiveLine,
  type NaiveLineValue,
  type NaivePay,
  type NaivePlan,
  type NaiveRule,
  governing,
  known,
} from './history';

/** What one line earns under one rule, before and after running totals. */
export interface Earned {
  readonly key: string;
  readonly rule: NaiveRule;
  readonly plan: NaivePlan;
  readonly line: NaiveLine;
  readonly paidAt: string;
  readonly share: bigint;
  readonly basis: Fraction;
  amount: Fraction;
  /** What was sold is nothing, or a credit: no fixed amount has a part in it, and no floor lifts that. */
  isUnpaid: boolean;
  /** Set where the line is worth the difference of two rounded totals. */
  worth: bigint | null;
}

export const naiveKey = (sale: string, payment: string, line: string, rule: string): string =>
  [sale, payment, line, rule].join(' ');

export function earnedOn(history: NaiveHistory, line: NaiveLine, t: string): Earned[] {
  const { partner, window } = history;
  const value = known(line.steps, t);
  if (value === undefined) return [];
  const { paidAt, parts } = value;
  if (paidAt < window.from || paidAt >= window.until) return [];
  const plan = governing(history.versions, t, paidAt);
  if (plan === undefined || plan.asset !== value.asset) return [];
  const { to } = plan.effective;
  if (to !== null && Date.parse(paidAt) >= Date.parse(to)) return [];
  const asked = { history, t, line, value, plan };
  if (!isEligible(asked) || isExcluded(asked)) return [];
  if (!parts.some((part) => part.partner === partner)) return [];

  const share = shareOf(value, partner);
  const net = BigInt(value.net);
  const basis = net === 0n ? whole(0n) : over((net - feeOf(asked)) * share, net);
  return matching(asked).flatMap((rule) => {
    // No tier yet, or no rate for it: nothing is earned, whatever the floor of a line.
    if (rule.pay.kind === 'matrix' && tableRate(asked, rule.pay) === undefined) return [];
    const amount = paid(asked, rule, basis);
    const { sale, payment, line: name } = line;
    const key = naiveKey(sale, payment, name, rule.id);
    const isFixed = rule.pay.kind === 'flat' || rule.pay.kind === 'per_unit';
    const isUnpaid = isFixed && rule.pay.per !== 'order' && originalNet(line, t) <= 0n;
    return { key, rule, plan, line, paidAt, share, basis, amount, isUnpaid, worth: null };
  });
}

/** Whoever is suspended goes on earning; it is held. */
function isEligible({ history, t, value, plan }: Case): boolean {
  const { terms } = history;
  const who = governing(terms.partner, t, value.paidAt);
  if (who === undefined || (who.status !== 'active' && who.status !== 'suspended')) return false;
  const isAgreed = terms.agreements.some(({ steps }) => {
    const agreed = governing(steps, t, value.paidAt);
    return agreed?.status === 'active' && agreed.plan === history.plan;
  });
  if (!isAgreed) return false;
  const { agreementTypes = [], partnerTypes = [] } = plan.appliesTo ?? {};
  if (agreementTypes.length > 0 && !agreementTypes.includes(who.type)) return false;
  return partnerTypes.length === 0 || partnerTypes.includes(who.kind ?? '');
}

function isExcluded({ plan, value }: Case): boolean {
  const { product, productGroup } = value;
  const excluded = plan.basis.excludeProducts ?? [];
  return excluded.includes(product) || (productGroup !== null && excluded.includes(productGroup));
}

const feeOf = ({ plan, value }: Case): bigint =>
  plan.basis.deductMarketplaceFee === true ? BigInt(value.marketplace?.fee ?? '0') : 0n;

const shareOf = ({ parts }: NaiveLineValue, partner: string): bigint =>
  parts
    .filter((part) => part.partner === partner)
    .reduce((sum, { basis }) => sum + BigInt(basis), 0n);

/** The furthest from nothing that it is known to have been. */
export const originalNet = ({ steps }: NaiveLine, t: string): bigint =>
  steps
    .filter(({ at }) => at <= t)
    .map(({ value }) => BigInt(value.net))
    .reduce((most, net) => (magnitude(net) > magnitude(most) ? net : most), 0n);

/** Schedules and orders are paid when all lines are known. */
function paid(asked: Case, { pay }: NaiveRule, basis: Fraction): Fraction {
  const { plan, value, history, line, t } = asked;
  const full = inPool(plan) ? whole(BigInt(value.net) - feeOf(asked)) : basis;
  const original = originalNet(line, t);
  const share = inPool(plan) ? BigInt(value.net) : shareOf(value, history.partner);
  // Half of a line earns half, and after a refund of half of it a quarter.
  const left: Fraction = original > 0n ? [share, original] : whole(0n);
  const amount = (): Fraction => {
    switch (pay.kind) {
      case 'percent':
        return times(full, rate(pay.bp));
      case 'matrix':
        return times(full, tableRate(asked, pay) ?? whole(0n));
      case 'flat':
        return pay.per === 'order' ? whole(0n) : times(whole(pay.amount ?? '0'), left);
      case 'per_unit':
        return times(times(whole(pay.amount ?? '0'), decimal(value.quantity)), left);
      case 'schedule':
        return whole(0n);
      default:
        throw new Error(`The naive arithmetic does not know ${pay.kind}.`);
    }
  };
  if (!inPool(plan) || pay.kind === 'schedule') return amount();
  return whole(sharedPool(rounded(amount(), plan.rounding.mode), value, history.partner));
}

const inPool = ({ credit }: NaivePlan): boolean => credit?.split === 'pool';

/** Everyone gets the whole part of their share; what is left goes to the largest remainders, the first of equals first. */
function sharedPool(
  pool: bigint,
  { parts }: Pick<NaiveLineValue, 'parts'>,
  partner: string,
): bigint {
  if (pool < 0n) return -sharedPool(-pool, { parts }, partner);
  const weights = parts.map(({ basis }) => magnitude(BigInt(basis)));
  const sum = weights.reduce((total, weight) => total + weight, 0n);
  if (sum === 0n) return 0n;
  const shares = weights.map((weight, i) => ({
    isOwn: parts[i]?.partner === partner,
    share: (pool * weight) / sum,
    rest: (pool * weight) % sum,
  }));
  let left = pool - shares.reduce((total, { share }) => total + share, 0n);
  // Sorting keeps the order of equals.
  for (const each of [...shares].sort(
    (a, b) => Number(b.rest > a.rest) - Number(a.rest > b.rest),
  )) {
    if (left === 0n) break;
    each.share += 1n;
    left -= 1n;
  }
  return shares.reduce((total, { isOwn, share }) => (isOwn ? total + share : total), 0n);
}

function tableRate(asked: Case, { by, bp }: NaivePay): Fraction | undefined {
  const fields = (Array.isArray(by) ? by : [by]) as readonly string[];
  let cell: unknown = bp;
  for (const name of fields) {
    const value = field(name, asked);
    const table = cell as Readonly<Record<string, unknown>>;
    cell = (value === null ? undefined : table[value]) ?? table['*'];
    if (cell === undefined) return undefined;
  }
  return rate(cell);
}
