import { factType } from './fact-type';
import { amountAboveZero, ref, word } from './fields';
import {
  type FactReference,
  supersedes,
  billingSystem,
  invoiceRef,
  paymentRef,
} from './references';
import { asset, optional } from './schema';

export const PAYMENT_DISPUTE_OPENED = 'tributary.payment.dispute.opened.v1';
export const PAYMENT_DISPUTE_WON = 'tributary.payment.dispute.won.v1';
export const PAYMENT_DISPUTE_LOST = 'tributary.payment.dispute.lost.v1';

/** A customer disputes a payment with the bank, or that dispute has ended. */
export interface PaymentDisputeData {
  readonly disputeRef: string;
  readonly paymentRef: string;
  readonly invoiceRef?: string;
  readonly billingSystem?: string;
  /** Minor units of `asset`, tax included. */
  readonly amount: string;
  readonly asset: string;
  readonly reason: string;
  readonly supersedes?: FactReference;
}

const dispute = <T extends string>(type: T, title: string, id: string, time: string) =>
  factType<T, PaymentDisputeData>({
    type,
    title,
    fields: {
      disputeRef: ref('Your id of the dispute.'),
      paymentRef,
      invoiceRef: optional(invoiceRef),
      billingSystem,
      amount: amountAboveZero('How much is disputed, tax included.'),
      asset,
      reason: word('Why, like `product_not_received`.'),
      supersedes,
    },
    example: {
      id,
      source: 'https://billing.example/production',
      time,
      subject: 'pay-1001',
      data: {
        disputeRef: 'dp-9',
        paymentRef: 'pay-1001',
        invoiceRef: 'inv-2026-0310',
        amount: '219890',
        asset: 'BRL/2',
        reason: 'product_not_received',
      },
    },
  });

export const paymentDisputeOpened = dispute(
  PAYMENT_DISPUTE_OPENED,
  'A customer disputes a payment with the bank',
  'dp-9-opened',
  '2026-03-22T10:00:00-03:00',
);
export const paymentDisputeWon = dispute(
  PAYMENT_DISPUTE_WON,
  'The payment stands',
  'dp-9-won',
  '2026-05-02T10:00:00-03:00',
);
export const paymentDisputeLost = dispute(
  PAYMENT_DISPUTE_LOST,
  'The bank has taken the payment back',
  'dp-9-lost',
  '2026-05-02T10:00:00-03:00',
);
