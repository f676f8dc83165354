import {
  type Asset,
  type BalancedEntry,
  type Day,
  type DomainEvent,
  type PeriodKey,
  type StreamName,
  type Uuid,
  currencyOf,
  sha256Hex,
  streamOf,
} from '@tributary/kernel';

/** What is remitted by itself: what one entity withholds by one rule in one currency. */
export interface OfTax {
  readonly entity: string;
  readonly asset: Asset;
  readonly rule: string;
}

const PART_LENGTH = 32;

/**
 * All months of a rule together, because what is asked back of one month is kept back of another. A rule is named more freely than a
 * stream may be.
 */
export const remittanceStreamOf = (tenant: string, { entity, asset, rule }: OfTax): StreamName => {
  const named = sha256Hex(rule).slice(0, PART_LENGTH);
  return streamOf('remittance', tenant, entity, currencyOf(asset).toLowerCase(), named);
};

/** What one person says was paid to the tax authority. */
export interface Declared extends OfTax {
  readonly remittance: Uuid;
  readonly tax: string;
  /** In which the tax was withheld. */
  readonly month: PeriodKey;
  /** Minor units that left the bank account. */
  readonly amount: string;
  /** What was kept back of the payment, because the authority owes it to us. */
  readonly offset: string;
  readonly paidOn: Day;
  /** Of the entity: `paidOn` is a day there. */
  readonly zone: string;
  /** The account that it was paid from; null where nothing was paid. */
  readonly rail: string | null;
  /** Of the payment document. */
  readonly reference: string;
  readonly evidence: readonly string[];
  /** By the register at this position of the log, which decides which items it is for: the oldest, as far as it goes. */
  readonly upTo: string;
  /** Withheld in the month and not remitted, there. */
  readonly owed: string;
  /** Asked back of the authority for any month, there. */
  readonly recoverable: string;
}

export type RemittanceProposed = DomainEvent<
  'RemittanceProposed',
  Declared & { readonly by: string }
>;
export type RemittanceWithdrawn = DomainEvent<
  'RemittanceWithdrawn',
  OfTax & { readonly remittance: Uuid; readonly reason: string; readonly by: string }
>;
/** A second person has said the same. The accounts of the items hear of it, and the bank's statement is to show it. */
export type TaxRemitted = DomainEvent<
  'TaxRemitted',
  Declared & {
    readonly proposedBy: string;
    readonly by: string;
    readonly entry: BalancedEntry;
  }
>;

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type RemittanceEvent = RemittanceProposed | RemittanceWithdrawn | TaxRemitted;
