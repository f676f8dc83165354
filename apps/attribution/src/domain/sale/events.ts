import type { LineCreditedData } from '@tributary/contracts';
import {
  type DomainEvent,
  type Instant,
  type StreamName,
  streamOf,
  uuidV5,
  withoutDashes,
} from '@tributary/kernel';
import type { CustomerTold, Topic } from '../customer/events';
import type { FactRef } from '../evidence';

/** One stream per invoice or order of a billing system. Its id also names the sale to other services. */
export const saleOf = (tenant: string, billingSystem: string, invoice: string): string =>
  withoutDashes(uuidV5('sale', tenant, billingSystem, invoice));
export const saleStreamOf = (tenant: string, sale: string): StreamName =>
  streamOf('sale', tenant, sale);

/** Payments are named within their billing system. */
export const paymentOf = (tenant: string, billingSystem: string, payment: string): string =>
  withoutDashes(uuidV5('payment', tenant, billingSystem, payment));

/** Refunds too. A refund that failed may name nothing else, and then waits for its invoice under this name. */
export const refundOf = (tenant: string, billingSystem: string, refund: string): string =>
  withoutDashes(uuidV5('refund', tenant, billingSystem, refund));

/** What a customer used of a meter in a period is a sale; its reports stand for payments. */
export const usageSaleOf = (
  tenant: string,
  billingSystem: string,
  { meter, customer, from, until }: UsagePeriod,
): string =>
  withoutDashes(uuidV5('usage-sale', tenant, billingSystem, meter, customer, from, until));

interface UsagePeriod {
  readonly meter: string;
  readonly customer: string;
  readonly from: Instant;
  readonly until: Instant;
}

/**
 * Several reports of one period add up, each a payment of its own, paid at the end of the period. One that supersedes another
 * keeps its name, so that the line that was reported first is the one that changes; where that one supersedes a third, the sale
 * finds the first name.
 */
export const usagePaymentOf = (
  tenant: string,
  report: FactKey,
  supersedes: FactKey | null,
): string => {
  const { source, id } = supersedes ?? report;
  return withoutDashes(uuidV5('usage-payment', tenant, source, id));
};

export interface FactKey {
  readonly source: string;
  readonly id: string;
}

/** Where a fact stands among others that report the same thing. */
export interface SaleFact {
  readonly fact: FactRef;
  readonly source: string;
  readonly id: string;
  /** When it happened. */
  readonly at: Instant;
  readonly body: SaleFactBody;
}

/** Minor units of the payment's asset; `gross - discount - tax = net`, so that gross includes the tax. */
export interface PaidLine {
  readonly line: string;
  readonly product: string;
  readonly productGroup?: string;
  readonly quantity: string;
  readonly gross: string;
  readonly discount: string;
  readonly tax: string;
  readonly net: string;
  readonly periodStart?: Instant;
  readonly periodEnd?: Instant;
  readonly billing?: string;
  readonly listPrice?: string;
}

export interface Paid {
  readonly kind: 'paid';
  readonly payment: string;
  readonly customer: string;
  readonly programme: string | null;
  readonly deal: string | null;
  readonly asset: string;
  /** Of a usage report the end of its period. */
  readonly paidAt: Instant;
  /** Each line once. */
  readonly lines: readonly PaidLine[];
  readonly marketplace: { readonly name: string; readonly fee: string } | null;
  /** A usage report counts quantity under a meter and has no payment of its own. */
  readonly usage: { readonly meter: string; readonly quantity: string } | null;
}

/** What is given back: exactly, line by line, or as an amount that includes its tax. */
export type GivenBack =
  | {
      readonly lines: readonly {
        readonly line: string;
        readonly net: string;
        readonly tax: string;
      }[];
    }
  | {
      readonly amount: string;
      /** How much of the amount is tax; null where it is not said. */
      readonly taxAmount: string | null;
    };

export interface Refunded {
  readonly kind: 'refunded';
  /** `refundOf`, as every refund that a fact names. */
  readonly refund: string;
  /** Null where only the invoice is named: it is then taken from its payments, the first paid first. */
  readonly payment: string | null;
  readonly asset: string;
  readonly reason: string;
  /** When the money was given back. */
  readonly at: Instant;
  readonly of: GivenBack;
}

export interface CreditedBack {
  readonly kind: 'credited_back';
  readonly creditNote: string;
  readonly payment: string | null;
  /** The refund that paid it out. Where that is known it speaks for both, so that they count once and fail together. */
  readonly refund: string | null;
  readonly asset: string;
  readonly of: GivenBack;
}

export interface Disputed {
  readonly kind: 'disputed';
  readonly dispute: string;
  readonly payment: string | null;
  readonly state: 'lost' | 'opened' | 'won';
  readonly asset: string;
  /** Tax included. */
  readonly amount: string;
}

export interface FeeRefunded {
  readonly kind: 'fee_refunded';
  /** Null where only the invoice is named: the fee of its first payment. */
  readonly payment: string | null;
  readonly feeRefund: string;
  readonly asset: string;
  readonly fee: string;
  readonly at: Instant;
}

/** A usage report of a quantity alone, which replaces another report. */
export interface Unpriced {
  readonly kind: 'unpriced';
  /** What the one that it replaces may be named. */
  readonly payment: string;
}

export type SaleFactBody =
  | CreditedBack
  | Disputed
  | FeeRefunded
  | Paid
  | Refunded
  | Unpriced
  | { readonly kind: 'refund_failed'; readonly refund: string }
  | { readonly kind: 'voided' };

/** Any fact of this sale, counted or not: what counts is decided again whenever one arrives. */
export type SaleFactTaken = DomainEvent<
  'SaleFactTaken',
  {
    readonly sale: string;
    readonly fact: SaleFact;
    readonly supersedes: FactKey | null;
    /** Topics that this made worth following. */
    readonly follows: readonly Topic[];
  }
>;
/** A fact that counts no longer, whether it has arrived or not. */
export type SaleFactRetracted = DomainEvent<
  'SaleFactRetracted',
  {
    readonly sale: string;
    readonly retracted: FactKey;
    /** Of a fact that superseded one of this sale from another one: what it is known by here. */
    readonly factId?: string;
    readonly by: FactRef;
    readonly why: 'retracted' | 'superseded';
  }
>;
export type CustomerLearned = DomainEvent<
  'CustomerLearned',
  { readonly sale: string; readonly told: CustomerTold; readonly follows: readonly Topic[] }
>;
export type OrdinalsLearned = DomainEvent<
  'OrdinalsLearned',
  {
    readonly sale: string;
    readonly customer: string;
    readonly revision: number;
    readonly payments: readonly { readonly payment: string; readonly ordinal: number | null }[];
  }
>;
export type RankingLearned = DomainEvent<
  'RankingLearned',
  {
    readonly sale: string;
    readonly programme: string;
    readonly revision: number;
    /** Best first. */
    readonly sources: readonly string[];
  }
>;

/** What a customer is told of one payment. Of two tellings of one payment the higher version holds. */
export interface PaymentCount {
  readonly payment: string;
  readonly customer: string;
  readonly paidAt: Instant;
  /** Whether it has a positive net; refunds do not change that. */
  readonly counts: boolean;
  readonly version: number;
  readonly fact: FactRef;
}
/** Derived: payments that count now, or no longer do, for the customer to order. */
export type PaymentsCounted = DomainEvent<
  'PaymentsCounted',
  { readonly sale: string; readonly payments: readonly PaymentCount[] }
>;
/** Derived: the whole history of one line as it now stands. This is what is published. */
export type LineCredited = DomainEvent<'LineCredited', LineCreditedData>;
/** Derived: so many lines changed at once that the rest is told by the appends that follow. */
export type LinesPostponed = DomainEvent<
  'LinesPostponed',
  { readonly sale: string; readonly lines: number }
>;

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type SaleEvent =
  | CustomerLearned
  | LineCredited
  | LinesPostponed
  | OrdinalsLearned
  | PaymentsCounted
  | RankingLearned
  | SaleFactRetracted
  | SaleFactTaken;
