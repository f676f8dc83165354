import { factType } from './fact-type';
import { amountAboveZero, amountFromZero, ref, time, word } from './fields';
import { type InvoicePaidData, EXAMPLE_PAYMENT, lineFaults, paidFields } from './paid-lines';
import {
  type FactReference,
  supersedes,
  billingSystem,
  invoiceRef,
  paymentRef,
} from './references';
import { asset, optional } from './schema';

export const MARKETPLACE_ORDER = 'tributary.marketplace.order.v1';
export const MARKETPLACE_FEE_REFUNDED = 'tributary.marketplace.fee_refunded.v1';

/** A sale through a marketplace, which keeps a fee of it. */
export interface MarketplaceOrderData extends InvoicePaidData {
  readonly marketplace: string;
  /** Minor units of `asset`, for all lines together. */
  readonly fee: string;
}

/** The marketplace gives back some of its fee: this refund only, never cumulative. */
export interface MarketplaceFeeRefundedData {
  readonly feeRefundRef: string;
  readonly marketplace: string;
  readonly paymentRef: string;
  readonly invoiceRef?: string;
  readonly billingSystem?: string;
  readonly asset: string;
  /** How much is given back, in minor units of `asset`. */
  readonly fee: string;
  readonly refundedAt: string;
  readonly supersedes?: FactReference;
}

const marketplace = word('Which marketplace, like `aws`.');

export const marketplaceOrder = factType<typeof MARKETPLACE_ORDER, MarketplaceOrderData>({
  type: MARKETPLACE_ORDER,
  title: 'A customer has paid through a marketplace',
  fields: {
    ...paidFields,
    marketplace,
    fee: amountFromZero('What the marketplace keeps, for all lines together.'),
  },
  faultsOf: lineFaults,
  example: {
    id: 'order-501-paid',
    source: 'https://marketplace.example/production',
    time: '2026-03-12T08:00:00-03:00',
    subject: 'order-501',
    data: {
      ...EXAMPLE_PAYMENT,
      invoiceRef: 'order-501',
      paymentRef: 'order-501-1',
      lines: [
        {
          lineRef: '1',
          productRef: 'payments-pro',
          quantity: '1',
          gross: '100000',
          discount: '0',
          tax: '0',
          net: '100000',
        },
      ],
      paidAt: '2026-03-12T08:00:00-03:00',
      marketplace: 'aws',
      fee: '3000',
    },
  },
});

export const marketplaceFeeRefunded = factType<
  typeof MARKETPLACE_FEE_REFUNDED,
  MarketplaceFeeRefundedData
>({
  type: MARKETPLACE_FEE_REFUNDED,
  title: 'A marketplace has given back some of its fee',
  fields: {
    feeRefundRef: ref('Your id of this refund of the fee.'),
    marketplace,
    paymentRef,
    invoiceRef: optional(invoiceRef),
    billingSystem,
    asset,
    fee: amountAboveZero('How much of the fee is given back.'),
    refundedAt: time('When.'),
    supersedes,
  },
  example: {
    id: 'order-501-fee-refunded',
    source: 'https://marketplace.example/production',
    time: '2026-03-28T08:00:00-03:00',
    subject: 'order-501',
    data: {
      feeRefundRef: 'fee-501',
      marketplace: 'aws',
      paymentRef: 'order-501-1',
      invoiceRef: 'order-501',
      asset: 'BRL/2',
      fee: '3000',
      refundedAt: '2026-03-28T08:00:00-03:00',
    },
  },
});
