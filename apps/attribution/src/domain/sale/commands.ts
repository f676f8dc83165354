import type { Instant } from '@tributary/kernel';
import type { CustomerTold } from '../customer/events';
import type { FactRef } from '../evidence';
import type { FactKey, OrdinalsLearned, SaleFact } from './events';

/** A fact of this invoice, whichever came first: the invoice, its payments, its refunds. */
export interface TakeSaleFact {
  readonly type: 'TakeSaleFact';
  readonly sale: string;
  readonly fact: SaleFact;
  readonly supersedes: FactKey | null;
  /** What the customer of a payment has told so far. Who brings it has registered the sale as a follower before. */
  readonly told?: CustomerTold;
}
/** A fact counts no longer; it may not have arrived yet. */
export interface RetractSaleFact {
  readonly type: 'RetractSaleFact';
  readonly sale: string;
  readonly retracted: FactKey;
  /** Of a fact that superseded one of this sale from another one: what it is known by here. */
  readonly factId?: string;
  readonly by: FactRef;
  readonly why: 'retracted' | 'superseded';
  readonly at: Instant;
}
/** What a customer of this sale has told. */
export interface LearnCustomer {
  readonly type: 'LearnCustomer';
  readonly sale: string;
  readonly told: CustomerTold;
  readonly at: Instant;
}
export interface LearnOrdinals {
  readonly type: 'LearnOrdinals';
  readonly sale: string;
  readonly customer: string;
  readonly revision: number;
  readonly payments: OrdinalsLearned['data']['payments'];
  readonly at: Instant;
}
/** Whose word a programme takes first, where two sources say the same thing. */
export interface LearnRanking {
  readonly type: 'LearnRanking';
  readonly sale: string;
  readonly programme: string;
  readonly revision: number;
  readonly sources: readonly string[];
  readonly at: Instant;
}
export type SaleCommand =
  LearnCustomer | LearnOrdinals | LearnRanking | RetractSaleFact | TakeSaleFact;
