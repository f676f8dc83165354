export * from './attribution/customer';
export * from './attribution/line-credited';
export * from './attribution/measured';
export * from './commission/behind';
export * from './commission/holds';
export * from './commission/line';
export * from './commission/line-frozen';
export * from './commission/posted';
export * from './commission/released';
export * from './partners/agreement';
export * from './partners/entity';
export * from './partners/link';
export * from './partners/partner';
export * from './partners/programme';
export * from './partners/qualification';
export * from './payouts/dispute-decided';
export * from './payouts/period';
export * from './payouts/returned';
export * from './payouts/settled';
export * from './payouts/statement';
export * from './published';
export * from './tiers/standing';
export * from './upstream/corrections';
export * from './upstream/customers';
export * from './upstream/deals';
export * from './upstream/disputes';
export * from './upstream/envelope';
export { choiceFaults, faultsOf, timeFault } from './upstream/faults';
export type { FactType, Fault } from './upstream/fact-type';
export { FORBIDDEN } from './upstream/forbidden';
export type { LineShare } from './upstream/given-back';
export * from './upstream/identity';
export * from './upstream/invoices';
export * from './upstream/leads';
export * from './upstream/marketplace';
export { assertMarked } from './upstream/marks';
export * from './upstream/measures';
export * from './upstream/normalise';
export {
  BILLINGS,
  type Billing,
  type InvoiceLine,
  type InvoicePaidData,
} from './upstream/paid-lines';
export * from './upstream/personal';
export type { FactReference } from './upstream/references';
export * from './upstream/refunds';
export * from './upstream/registry';
export { type ExchangeKind, EXCHANGE_KINDS, type Schema } from './upstream/schema';
export * from './upstream/subscriptions';
export * from './upstream/touches';
export * from './upstream/usage';
