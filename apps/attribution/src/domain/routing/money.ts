import type {
  CreditNoteIssuedData,
  InvoicePaidData,
  InvoiceVoidedData,
  LineShare,
  MarketplaceFeeRefundedData,
  MarketplaceOrderData,
  PaymentDisputeData,
  PaymentRefundFailedData,
  PaymentRefundedData,
  UsageReportedData,
} from '@tributary/contracts';
import { instant } from '@tributary/kernel';
import {
  type FactKey,
  type GivenBack,
  type PaidLine,
  type SaleFact,
  type SaleFactBody,
  paymentOf,
  refundOf,
  saleOf,
  usagePaymentOf,
  usageSaleOf,
} from '../sale/events';
import type { Command } from './commands';
import { dealIdOf } from './deals';
import type { RoutedFact } from './routed';

/** What every fact of money says of where it belongs. */
interface MoneyData {
  readonly billingSystem?: string;
  readonly invoiceRef?: string;
  readonly paymentRef?: string;
  readonly supersedes?: FactKey;
}

const systemOf = ({ source, data }: RoutedFact<MoneyData>): string => data.billingSystem ?? source;

/** Where the invoice is named it goes to its sale; else it waits at its payment, or its refund, until somebody names that. */
function taken(
  fact: RoutedFact<MoneyData>,
  body: SaleFactBody,
  payment = paymentIn(fact) ?? '',
): Command[] {
  const { tenant, data } = fact;
  const { invoiceRef, paymentRef, supersedes = null } = data;
  const saleFact = saleFactOf(fact, body);
  const replaced: Command[] = supersedes ? [supersededBy(fact, supersedes)] : [];
  if (invoiceRef === undefined)
    return [{ type: 'NoteOrphan', payment, fact: saleFact, supersedes }, ...replaced];
  const sale = saleOf(tenant, systemOf(fact), invoiceRef);
  const named: Command[] =
    paymentRef === undefined ? [] : [{ type: 'NameInvoice', payment, sale, at: fact.at }];
  return [{ type: 'TakeSaleFact', sale, fact: saleFact, supersedes }, ...named, ...replaced];
}

const saleFactOf = (
  { fact, source, id, at }: RoutedFact<object>,
  body: SaleFactBody,
): SaleFact => ({ fact, source, id, at, body });

const supersededBy = (fact: RoutedFact<object>, target: FactKey): Command => ({
  type: 'RetractFact',
  retraction: { ...target, why: 'superseded', reason: null, by: fact.fact },
  occurredAt: fact.at,
});

export function whenPaid(
  fact: RoutedFact<InvoicePaidData & Partial<MarketplaceOrderData>>,
): Command[] {
  const { tenant, programme, data } = fact;
  const { paymentRef, customerRef, dealRef, asset, paidAt, lines, marketplace, fee } = data;
  return taken(fact, {
    kind: 'paid',
    payment: paymentOf(tenant, systemOf(fact), paymentRef),
    customer: customerRef,
    programme,
    deal: dealRef === undefined ? null : dealIdOf(tenant, dealRef),
    asset,
    paidAt: instant(paidAt),
    lines: lines.map(paidLineOf),
    marketplace: marketplace === undefined || fee === undefined ? null : { name: marketplace, fee },
    usage: null,
  });
}

function paidLineOf({
  lineRef,
  productRef,
  periodStart,
  periodEnd,
  ...line
}: InvoicePaidData['lines'][number]): PaidLine {
  return {
    ...line,
    line: lineRef,
    product: productRef,
    ...(periodStart !== undefined && { periodStart: instant(periodStart) }),
    ...(periodEnd !== undefined && { periodEnd: instant(periodEnd) }),
  };
}

/**
 * A report without revenue is a quantity alone: nothing is earned on it, nor any longer on what it replaces. Its sale knows it all the
 * same where it replaces something, because a report that replaces it changes the line that was reported first.
 */
export function whenUsed(fact: RoutedFact<UsageReportedData>): Command[] {
  const { tenant, programme, data } = fact;
  const { meterRef: meter, customerRef: customer, quantity, supersedes = null } = data;
  const { productRef, productGroup, attributableRevenue = '0', asset } = data;
  const replaced = supersedes ? [supersededBy(fact, supersedes)] : [];
  if (asset === undefined && supersedes === null) return [];
  const [from, until] = [instant(data.periodStart), instant(data.periodEnd)];
  const period = { meter, customer, from, until };
  const payment = usagePaymentOf(tenant, fact, supersedes);
  const sale = usageSaleOf(tenant, systemOf(fact), period);
  const taking = (body: SaleFactBody): Command[] => [
    { type: 'TakeSaleFact', sale, fact: saleFactOf(fact, body), supersedes },
    ...replaced,
  ];
  if (asset === undefined) return taking({ kind: 'unpriced', payment });
  const line: PaidLine = {
    line: meter,
    product: productRef ?? meter,
    ...(productGroup !== undefined && { productGroup }),
    quantity,
    gross: attributableRevenue,
    discount: '0',
    tax: '0',
    net: attributableRevenue,
    periodStart: from,
    periodEnd: until,
    billing: 'usage',
  };
  return taking({
    kind: 'paid',
    payment,
    customer,
    programme,
    deal: null,
    asset,
    paidAt: until,
    lines: [line],
    marketplace: null,
    usage: { meter, quantity },
  });
}

export const whenRefunded = (fact: RoutedFact<PaymentRefundedData>): Command[] => {
  const { refundRef, asset, reason, refundedAt } = fact.data;
  return taken(fact, {
    kind: 'refunded',
    refund: refundIn(fact, refundRef),
    payment: paymentIn(fact),
    asset,
    reason,
    at: instant(refundedAt),
    of: givenBack(fact.data),
  });
};

export function whenRefundFailed(fact: RoutedFact<PaymentRefundFailedData>): Command[] {
  const refund = refundIn(fact, fact.data.refundRef);
  return taken(fact, { kind: 'refund_failed', refund }, paymentIn(fact) ?? refund);
}

export const whenCredited = (fact: RoutedFact<CreditNoteIssuedData>): Command[] => {
  const { creditNoteRef, refundRef, asset } = fact.data;
  return taken(fact, {
    kind: 'credited_back',
    creditNote: creditNoteRef,
    payment: paymentIn(fact),
    refund: refundRef === undefined ? null : refundIn(fact, refundRef),
    asset,
    of: givenBack(fact.data),
  });
};

export const whenDisputed =
  (state: 'lost' | 'opened' | 'won') =>
  (fact: RoutedFact<PaymentDisputeData>): Command[] => {
    const { disputeRef, asset, amount } = fact.data;
    const payment = paymentIn(fact);
    return taken(fact, { kind: 'disputed', dispute: disputeRef, payment, state, asset, amount });
  };

export const whenVoided = (fact: RoutedFact<InvoiceVoidedData>): Command[] =>
  taken(fact, { kind: 'voided' });

export const whenFeeRefunded = (fact: RoutedFact<MarketplaceFeeRefundedData>): Command[] => {
  const { feeRefundRef, fee, asset, refundedAt } = fact.data;
  return taken(fact, {
    kind: 'fee_refunded',
    payment: paymentIn(fact),
    feeRefund: feeRefundRef,
    fee,
    asset,
    at: instant(refundedAt),
  });
};

const refundIn = (fact: RoutedFact<MoneyData>, refundRef: string): string =>
  refundOf(fact.tenant, systemOf(fact), refundRef);

const paymentIn = (fact: RoutedFact<MoneyData>): string | null => {
  const { paymentRef } = fact.data;
  return paymentRef === undefined ? null : paymentOf(fact.tenant, systemOf(fact), paymentRef);
};

function givenBack({
  lines,
  amount = '0',
  taxAmount = null,
}: {
  readonly lines?: readonly LineShare[];
  readonly amount?: string;
  readonly taxAmount?: string | null;
}): GivenBack {
  if (lines === undefined) return { amount, taxAmount };
  return { lines: lines.map(({ lineRef, net, tax }) => ({ line: lineRef, net, tax })) };
}
