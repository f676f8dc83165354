import { type Fault } from './fact-type';
import {
  amount,
  amountFromZero,
  customerRef,
  list,
  oneOfWords,
  quantity,
  ref,
  time,
  word,
} from './fields';
import { repeatedLines, MOST_LINES } from './given-back';
import { periodFaults } from './period-faults';
import {
  type FactReference,
  billingSystem,
  invoiceRef,
  lineRef,
  paymentRef,
  supersedes,
} from './references';
import { type Fields, asset, optional, record } from './schema';

export const BILLINGS = [
  'one_time',
  'usage',
  'weekly',
  'monthly',
  'quarterly',
  'semiannual',
  'annual',
  'multi_year',
] as const;
export type Billing = (typeof BILLINGS)[number];

/** Amounts are minor units of the fact's asset; negative ones are prorations. `gross - discount - tax = net`. */
export interface InvoiceLine {
  readonly lineRef: string;
  readonly productRef: string;
  readonly productGroup?: string;
  readonly quantity: string;
  /** Before the discount, tax included. */
  readonly gross: string;
  readonly discount: string;
  readonly tax: string;
  readonly net: string;
  readonly periodStart?: string;
  readonly periodEnd?: string;
  readonly billing?: Billing;
  readonly listPrice?: string;
}

/** A payment of an invoice. The lines are this payment's share of it. */
export interface InvoicePaidData {
  readonly invoiceRef: string;
  readonly paymentRef: string;
  readonly customerRef: string;
  /** Whose numbers these are; the event's source where nothing else is said. */
  readonly billingSystem?: string;
  readonly dealRef?: string;
  readonly asset: string;
  readonly lines: readonly InvoiceLine[];
  readonly paidAt: string;
  readonly supersedes?: FactReference;
}

const line = record<InvoiceLine>({
  lineRef,
  productRef: ref('Your id of the product.'),
  productGroup: optional(word('Like `services`; rules may name it.')),
  quantity,
  gross: amount('Before the discount, tax included.'),
  discount: amount('What was taken off.'),
  tax: amount('The tax in it.'),
  net: amount('gross - discount - tax.'),
  periodStart: optional(time('From when it was delivered.')),
  periodEnd: optional(time('Until when it was delivered.')),
  billing: optional(oneOfWords(BILLINGS, 'How it is billed.')),
  listPrice: optional(amountFromZero('What it costs without any agreement.')),
});

export const paidFields: Fields<InvoicePaidData> = {
  invoiceRef,
  paymentRef,
  customerRef,
  billingSystem,
  dealRef: optional(ref('The opportunity that led to it.')),
  asset,
  lines: list(line, 1, MOST_LINES),
  paidAt: time('When the customer paid; it decides rates and windows.'),
  supersedes,
};

/** An invoice of two lines, paid at once. */
export const EXAMPLE_PAYMENT: InvoicePaidData = {
  invoiceRef: 'inv-2026-0310',
  paymentRef: 'pay-1001',
  customerRef: 'cus-4711',
  asset: 'BRL/2',
  lines: [
    {
      lineRef: '1',
      productRef: 'payments-pro',
      productGroup: 'subscriptions',
      quantity: '3',
      gross: '175000',
      discount: '10000',
      tax: '15000',
      net: '150000',
      periodStart: '2026-03-01T00:00:00-03:00',
      periodEnd: '2026-04-01T00:00:00-03:00',
      billing: 'monthly',
    },
    {
      lineRef: '2',
      productRef: 'onboarding',
      productGroup: 'services',
      quantity: '1',
      gross: '54890',
      discount: '0',
      tax: '4990',
      net: '49900',
      billing: 'one_time',
    },
  ],
  paidAt: '2026-03-10T10:14:07-03:00',
};

export function lineFaults({ lines }: InvoicePaidData): Fault[] {
  const faults = repeatedLines(lines);
  for (const [i, { gross, discount, tax, net, periodStart, periodEnd }] of lines.entries()) {
    const due = BigInt(gross) - BigInt(discount) - BigInt(tax);
    if (due !== BigInt(net)) {
      const detail = `gross - discount - tax is ${due}: gross includes the tax and is before the discount.`;
      faults.push({ path: ['lines', i, 'net'], code: 'net_mismatch', detail });
    }
    if (periodStart !== undefined && periodEnd !== undefined)
      faults.push(...periodFaults(['lines', i], periodStart, periodEnd));
  }
  return faults;
}
