import type {
  CreditedLine,
  CreditedPart,
  DecisionBehind,
  LineCreditedData,
} from '@tributary/contracts';
import { type Instant, Rational, type Step, allocate, round, valueAt } from '@tributary/kernel';
import type { Credit, CreditPart, CreditStep } from '../credit/credit';
import type { CustomerTold } from '../customer/events';
import type { Paid, PaidLine } from './events';
import { bounded } from './bounded-line';
import { isPlaced } from './counted-payments';
import { type PaymentHistory, paymentHistories } from './payment-history';
import { sameData } from './same-data';
import { type Sale, lineKey } from './state';
import { type FactOf, countedFacts, factsOfPayment } from './which-counts';

/**
 * Every line of the sale as it now stands: a function of the facts, the customer and the ordinals, never of the order in which
 * they came. Lines of a customer who has not told anything yet are left out, and so are new ones whose place in the order of
 * payments the customer, who was asked, has not told: they would be told anew at once. Of what was told before, only that it was
 * told matters: a line whose payment counts no longer is told to be nothing.
 */
export function linesOf(sale: Sale): ReadonlyMap<string, LineCreditedData> {
  const lines = new Map<string, LineCreditedData>();
  const counting = new Set<string>();
  for (const history of paymentHistories(countedFacts(sale))) {
    const { payment, customer, lines: paidLines } = history.paid.body;
    const told = sale.customers[customer];
    for (const { line } of paidLines) counting.add(lineKey(payment, line));
    if (!told) continue;
    const isAnswered = placeOf(sale, history.paid.body, told) || !isPlaced(history.paid.body);
    for (const line of linesOfPayment(sale, history, told)) {
      const key = lineKey(payment, line.line);
      if (isAnswered || sale.published[key]) lines.set(key, line);
    }
  }
  for (const [key, { payment, line }] of Object.entries(sale.published)) {
    if (!counting.has(key)) lines.set(key, uncounted(sale, payment, line));
  }
  return lines;
}

/** Lines that stand otherwise than they were told. */
export function changedLines(sale: Sale): readonly LineCreditedData[] {
  const changed: LineCreditedData[] = [];
  for (const [key, line] of linesOf(sale))
    if (!sameData(line, sale.published[key])) changed.push(line);
  return changed;
}

function linesOfPayment(
  sale: Sale,
  history: PaymentHistory,
  told: CustomerTold,
): readonly LineCreditedData[] {
  const { paid } = history;
  const { payment, paidAt, programme } = paid.body;
  const ordinal = placeOf(sale, paid.body, told)?.ordinal ?? null;
  const credits = creditsOf(paid.body, told);
  const moments = momentsOf(history, credits).map((at) => ({
    at,
    credit: valueAt({ revision: 1, steps: credits }, at, paidAt),
    amounts: history.amountsAt(at),
    fees: history.feesAt(at),
    disputed: history.isDisputedAt(at),
  }));
  const customer = customerOf(paid.body, told);
  return paid.body.lines.map((line, i) => {
    const fixed = { ...attributesOf(paid.body, line), paidAt, ordinal, customer };
    const steps: Step<CreditedLine>[] = [];
    for (const { at, credit, amounts, fees, disputed } of moments) {
      const { net, tax } = amounts[i] ?? { net: 0n, tax: 0n };
      const value: CreditedLine = {
        ...fixed,
        ...sharesOf(credit, net),
        ...amountsOf(line, net, tax),
        marketplace: marketplaceOf(paid.body, fees[i] ?? 0n, net),
        deal: dealOf(paid.body, told, credit),
        disputed,
        decision: credit?.decision ?? null,
      };
      if (!sameData(steps.at(-1)?.value, value)) steps.push({ at, value });
    }
    const decisions = moments.flatMap(({ credit }) => (credit ? [behind(credit)] : []));
    return bounded({
      sale: sale.sale,
      payment,
      line: line.line,
      programme: programme ?? told.programme,
      steps,
      decisions,
      facts: history.factsBehind(line.line),
      problems: history.problemsOf(line.line),
    });
  });
}

/** What never was is told as nothing from the beginning: the next revision says so, the world's clock does not. */
function uncounted(sale: Sale, payment: string, name: string): LineCreditedData {
  const paid = factsOfPayment(sale, payment).find(({ body }) =>
    body.lines.some(({ line }) => line === name),
  ) as FactOf<Paid>;
  const { body } = paid;
  const line = body.lines.find((each) => each.line === name) as PaidLine;
  const told = sale.customers[body.customer];
  const value: CreditedLine = {
    ...attributesOf(body, line),
    quantity: '0',
    paidAt: body.paidAt,
    ordinal: null,
    customer: customerOf(body, told),
    parts: [],
    influenced: [],
    gross: '0',
    discount: '0',
    tax: '0',
    net: '0',
    marketplace: marketplaceOf(body, 0n, 0n),
    deal: null,
    disputed: false,
    decision: null,
  };
  return {
    sale: sale.sale,
    payment,
    line: name,
    programme: body.programme ?? told?.programme ?? null,
    steps: [{ at: body.paidAt, value }],
    decisions: [],
    facts: [paid.fact],
    problems: [],
  };
}

/** A deal that was decided on has a history of its own; everything else of the customer is credited alike. */
const creditsOf = ({ deal }: Paid, { credits }: CustomerTold): readonly CreditStep[] =>
  (deal === null ? undefined : credits.deals[deal]) ?? credits.general;

/** When anything changed: a step stands at the later of the payment and of what caused it. */
function momentsOf(
  { paid, times }: PaymentHistory,
  credits: readonly CreditStep[],
): readonly Instant[] {
  const { paidAt } = paid.body;
  const later = credits.filter(({ at, from = at }) => at > paidAt && from <= paidAt);
  if (later.length === 0) return times;
  return [...new Set([...times, ...later.map(({ at }) => at)])].sort();
}

function sharesOf(
  credit: Credit | undefined,
  net: bigint,
): Pick<CreditedLine, 'influenced' | 'parts'> {
  if (credit === undefined) return { parts: [], influenced: [] };
  const basis = String(net);
  return {
    parts: partsOf(credit.parts, net),
    influenced: credit.influenced.map((partner) => ({ partner, basis })),
  };
}

/** Shared piece by piece in the order that decides the odd cent; what one partner gets in one role is then one share. */
export function partsOf(parts: readonly CreditPart[], net: bigint): readonly CreditedPart[] {
  if (parts.every(({ weight }) => weight <= 0)) return [];
  const shares = allocate(
    net,
    parts.map(({ weight }) => BigInt(weight)),
  );
  const sums = new Map<string, { partner: string; role: string; basis: bigint }>();
  for (const [i, { partner, role }] of parts.entries()) {
    const key = `${partner} ${role}`;
    const basis = (sums.get(key)?.basis ?? 0n) + (shares[i] ?? 0n);
    sums.set(key, { partner, role, basis });
  }
  return [...sums.values()].map((sum) => ({ ...sum, basis: String(sum.basis) }));
}

const attributesOf = (paid: Paid, line: PaidLine) => ({
  asset: paid.asset,
  product: line.product,
  productGroup: line.productGroup ?? null,
  quantity: line.quantity,
  listPrice: line.listPrice ?? null,
  billing: line.billing ?? null,
  usage: paid.usage,
});

/** The discount falls with what was paid, so that gross - discount - tax = net at every step. */
function amountsOf(line: PaidLine, net: bigint, tax: bigint) {
  const paid = BigInt(line.net) + BigInt(line.tax);
  const discount =
    paid === 0n || line.discount === '0'
      ? BigInt(line.discount)
      : round(Rational.of(BigInt(line.discount) * (net + tax), paid), 'half_up');
  return {
    gross: String(net + tax + discount),
    discount: String(discount),
    tax: String(tax),
    net: String(net),
  };
}

function marketplaceOf({ marketplace }: Paid, fee: bigint, net: bigint) {
  if (marketplace === null) return null;
  const most = net > 0n ? net : 0n;
  return { name: marketplace.name, fee: String(fee > most ? most : fee) };
}

/** The roles are known where the deal was decided on by itself. */
function dealOf({ deal }: Paid, { credits }: CustomerTold, credit: Credit | undefined) {
  if (deal === null) return null;
  const roles = credits.deals[deal] && credit ? credit.parts.map(({ role }) => role) : [];
  return { id: deal, roles: [...new Set(roles)].sort() };
}

function customerOf(paid: Paid, told: CustomerTold | undefined): CreditedLine['customer'] {
  const activity = told?.activity.findLast(({ at }) => at <= paid.paidAt)?.value;
  return {
    pseudonym: paid.customer,
    type: told?.customerType ?? null,
    country: told?.country ?? null,
    segment: told?.segment ?? null,
    firstPaidAt: told?.firstPaidAt ?? null,
    active: activity?.active ?? true,
    reactivated: activity?.reactivated ?? false,
  };
}

/** Of customers that turned out to be one, the canonical one may have counted for both. */
function placeOf({ ordinals }: Sale, paid: Paid, { canonical }: CustomerTold) {
  const ofPayment = ordinals[paid.payment];
  return ofPayment?.[paid.customer] ?? ofPayment?.[canonical];
}

const behind = ({ decision, policy, rung, unattributed, evidence }: Credit): DecisionBehind => ({
  decision,
  policy,
  rung,
  unattributed,
  evidence,
});
