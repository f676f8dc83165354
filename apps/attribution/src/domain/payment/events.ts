import { type DomainEvent, type Instant, type StreamName, streamOf } from '@tributary/kernel';
import type { FactRef } from '../evidence';
import type { FactKey, SaleFact } from '../sale/events';

/**
 * One stream per payment of a billing system: what names only the payment waits here until a fact names its invoice as well. What
 * names only a refund waits under that refund alike.
 */
export const paymentStreamOf = (tenant: string, payment: string): StreamName =>
  streamOf('payment', tenant, payment);

/** What somebody said about a fact, whether or not it has arrived. */
export interface Retraction {
  readonly retracted: FactKey;
  /** Of a fact that has superseded another one elsewhere: what that one knows it by. */
  readonly factId?: string;
  readonly by: FactRef;
  readonly why: 'retracted' | 'superseded';
  readonly at: Instant;
}

export type Orphan =
  | { readonly fact: SaleFact; readonly supersedes: FactKey | null }
  | { readonly retraction: Retraction };

export type OrphanNoted = DomainEvent<
  'OrphanNoted',
  { readonly payment: string; readonly orphan: Orphan }
>;
/** Two facts may name two invoices; one of them is wrong, and nobody here can say which. */
export type InvoiceNamed = DomainEvent<
  'InvoiceNamed',
  { readonly payment: string; readonly sale: string }
>;
/** Derived: this is now the sale's to judge. */
export type OrphanHandedOver = DomainEvent<
  'OrphanHandedOver',
  { readonly payment: string; readonly sale: string; readonly orphan: Orphan }
>;

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type PaymentEvent = InvoiceNamed | OrphanHandedOver | OrphanNoted;
