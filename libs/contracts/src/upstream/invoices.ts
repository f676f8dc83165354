import { factType } from './fact-type';
import { ref, word } from './fields';
import { type LineShare, givenBack, shareFaults } from './given-back';
import { EXAMPLE_PAYMENT, type InvoicePaidData, lineFaults, paidFields } from './paid-lines';
import {
  type FactReference,
  billingSystem,
  invoiceRef,
  paymentRef,
  supersedes,
} from './references';
import { asset, atLeastOne, optional } from './schema';

export const INVOICE_PAID = 'tributary.invoice.paid.v1';
export const INVOICE_VOIDED = 'tributary.invoice.voided.v1';
export const CREDITNOTE_ISSUED = 'tributary.creditnote.issued.v1';

/** Less is owed for an invoice. Either lines or an amount; it names the invoice, the payment, or both. */
export interface CreditNoteIssuedData {
  readonly creditNoteRef: string;
  readonly invoiceRef?: string;
  readonly paymentRef?: string;
  readonly billingSystem?: string;
  /** The refund that paid it out, which is then not counted a second time. */
  readonly refundRef?: string;
  readonly asset: string;
  readonly lines?: readonly LineShare[];
  readonly amount?: string;
  readonly taxAmount?: string;
  readonly reason?: string;
  readonly supersedes?: FactReference;
}

/** Names the invoice, the payment, or both. */
export interface InvoiceVoidedData {
  readonly invoiceRef?: string;
  readonly paymentRef?: string;
  readonly billingSystem?: string;
  readonly reason?: string;
  readonly supersedes?: FactReference;
}

export const invoicePaid = factType<typeof INVOICE_PAID, InvoicePaidData>({
  type: INVOICE_PAID,
  title: 'A customer has paid an invoice, or part of it',
  fields: paidFields,
  faultsOf: lineFaults,
  example: {
    id: 'pay-1001-paid',
    source: 'https://billing.example/production',
    time: '2026-03-10T10:14:07-03:00',
    subject: 'pay-1001',
    data: EXAMPLE_PAYMENT,
  },
});

export const creditnoteIssued = factType<typeof CREDITNOTE_ISSUED, CreditNoteIssuedData>({
  type: CREDITNOTE_ISSUED,
  title: 'Less is owed for an invoice',
  fields: {
    creditNoteRef: ref('Your id of the credit note.'),
    invoiceRef: optional(invoiceRef),
    paymentRef: optional(paymentRef),
    billingSystem,
    refundRef: optional(ref('The refund that paid it out; the two then count once.')),
    asset,
    ...givenBack.fields,
    reason: optional(word('Why, like `goodwill`.')),
    supersedes,
  },
  choices: [atLeastOne('invoiceRef', 'paymentRef'), ...givenBack.choices],
  faultsOf: shareFaults,
  example: {
    id: 'cn-12-issued',
    source: 'https://billing.example/production',
    time: '2026-03-18T11:00:00-03:00',
    subject: 'inv-2026-0310',
    data: {
      creditNoteRef: 'cn-12',
      invoiceRef: 'inv-2026-0310',
      asset: 'BRL/2',
      lines: [{ lineRef: '2', net: '4990', tax: '499' }],
      reason: 'goodwill',
    },
  },
});

export const invoiceVoided = factType<typeof INVOICE_VOIDED, InvoiceVoidedData>({
  type: INVOICE_VOIDED,
  title: 'An invoice is void, with everything paid for it',
  fields: {
    invoiceRef: optional(invoiceRef),
    paymentRef: optional(paymentRef),
    billingSystem,
    reason: optional(word('Why, like `issued_in_error`.')),
    supersedes,
  },
  choices: [atLeastOne('invoiceRef', 'paymentRef')],
  example: {
    id: 'inv-2026-0310-voided',
    source: 'https://billing.example/production',
    time: '2026-03-20T08:30:00-03:00',
    subject: 'inv-2026-0310',
    data: { invoiceRef: 'inv-2026-0310', reason: 'issued_in_error' },
  },
});
