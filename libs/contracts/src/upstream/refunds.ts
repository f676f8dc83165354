import { factType } from './fact-type';
import { ref, time, word } from './fields';
import { type LineShare, givenBack, shareFaults } from './given-back';
import {
  type FactReference,
  supersedes,
  billingSystem,
  invoiceRef,
  paymentRef,
} from './references';
import { asset, optional } from './schema';

export const PAYMENT_REFUNDED = 'tributary.payment.refunded.v1';
export const PAYMENT_REFUND_FAILED = 'tributary.payment.refund_failed.v1';

/** This refund only, never cumulative. Either lines or an amount. */
export interface PaymentRefundedData {
  readonly refundRef: string;
  readonly paymentRef: string;
  readonly invoiceRef?: string;
  readonly billingSystem?: string;
  readonly asset: string;
  readonly lines?: readonly LineShare[];
  /** Tax included. */
  readonly amount?: string;
  /** How much of the amount is tax; allocated like the amount where it is not said. */
  readonly taxAmount?: string;
  readonly reason: string;
  readonly refundedAt: string;
  readonly supersedes?: FactReference;
}

/** The refund did not reach the customer: as if it had never been. */
export interface PaymentRefundFailedData {
  readonly refundRef: string;
  readonly paymentRef?: string;
  readonly invoiceRef?: string;
  readonly billingSystem?: string;
  readonly reason?: string;
  readonly supersedes?: FactReference;
}

const refundRef = ref('Your id of the refund.');

export const paymentRefunded = factType<typeof PAYMENT_REFUNDED, PaymentRefundedData>({
  type: PAYMENT_REFUNDED,
  title: 'A customer got money back',
  fields: {
    refundRef,
    paymentRef,
    invoiceRef: optional(invoiceRef),
    billingSystem,
    asset,
    ...givenBack.fields,
    reason: word('Why, like `requested_by_customer`.'),
    refundedAt: time('When.'),
    supersedes,
  },
  choices: givenBack.choices,
  faultsOf: shareFaults,
  example: {
    id: 're-77-refunded',
    source: 'https://billing.example/production',
    time: '2026-03-15T16:02:00-03:00',
    subject: 'pay-1001',
    data: {
      refundRef: 're-77',
      paymentRef: 'pay-1001',
      invoiceRef: 'inv-2026-0310',
      asset: 'BRL/2',
      amount: '21989',
      reason: 'requested_by_customer',
      refundedAt: '2026-03-15T16:02:00-03:00',
    },
  },
});

export const paymentRefundFailed = factType<typeof PAYMENT_REFUND_FAILED, PaymentRefundFailedData>({
  type: PAYMENT_REFUND_FAILED,
  title: 'A refund did not reach the customer',
  fields: {
    refundRef,
    paymentRef: optional(paymentRef),
    invoiceRef: optional(invoiceRef),
    billingSystem,
    reason: optional(word('Why, like `account_closed`.')),
    supersedes,
  },
  example: {
    id: 're-77-failed',
    source: 'https://billing.example/production',
    time: '2026-03-17T07:00:00-03:00',
    subject: 'pay-1001',
    data: { refundRef: 're-77', paymentRef: 'pay-1001', reason: 'account_closed' },
  },
});
