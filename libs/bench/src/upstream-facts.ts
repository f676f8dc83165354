import {
  TRAINING_COMPLETED_EXAMPLE,
  type UpstreamEvent,
  type UpstreamTypeName,
  exampleOf,
} from '@tributary/contracts';
import { percentOfBasis } from './commission-facts';
import { randomUUID } from 'node:crypto';

/** As somebody tells it: any example with ids of its own. */
type Fact = UpstreamEvent<string, object>;

const PARTNERS = 50;
export const factPartners: readonly string[] = Array.from(
  { length: PARTNERS },
  (_, i) => `partner${String(i)}`,
);
const partnerOf = (i: number): string => factPartners[i % PARTNERS] as string;

export interface Invoice {
  /** What everything that follows from it goes by. */
  readonly id: string;
  readonly fact: Fact;
}

const like = (type: UpstreamTypeName, id: string, data: object): Fact => {
  const example = exampleOf(type);
  return { ...example, id, subject: id, data: { ...example.data, ...data } };
};

/** Each about something of its own, as facts are; all about one thing would measure a single stream. */
export function training(): Fact {
  const id = randomUUID();
  const { data, ...envelope } = TRAINING_COMPLETED_EXAMPLE;
  return { ...envelope, id, data: { ...data, completionRef: id } };
}

export function click(i: number, visitorId: string = randomUUID()): Fact {
  const id = randomUUID();
  const { landingUrl, consent, utm, ipHash } = exampleOf('tributary.touch.click.v1').data;
  const data = { landingUrl, consent, utm, ipHash, clickId: id, visitorId };
  const fact = like('tributary.touch.click.v1', id, {});
  return { ...fact, data: { ...data, partnerRef: partnerOf(i) } };
}

export function signUp(customerRef: string, visitorId: string): Fact {
  const { country, customerType, segment, plan } = exampleOf(
    'tributary.customer.signed_up.v1',
  ).data;
  const id = randomUUID();
  const fact = like('tributary.customer.signed_up.v1', id, {});
  return { ...fact, data: { customerRef, visitorId, country, customerType, segment, plan } };
}

const { lines: LINES, paidAt: PAID_AT } = exampleOf('tributary.invoice.paid.v1').data;
export const LINES_OF_AN_INVOICE = LINES.length;
/** Of one that is credited to one partner wholly, reckoned without the engine. */
export const heldOfAnInvoice = LINES.reduce(
  (sum, { net }) => sum + percentOfBasis(Number(net)),
  0n,
);

/**
 * Two lines, as the worked example has them. Each is paid a millisecond after the one before: payments of one moment would stand in
 * the order of their names, and each of them would move those that are in already.
 */
export function invoice(customerRef: string, before = 0): Invoice {
  const id = randomUUID();
  const paidAt = new Date(Date.parse(PAID_AT) + before).toISOString();
  const names = { invoiceRef: `inv-${id}`, paymentRef: `pay-${id}`, customerRef, paidAt };
  const fact = like('tributary.invoice.paid.v1', id, names);
  return { id, fact: { ...fact, time: paidAt, correlationid: id } };
}

/** Ten facts about one new customer: six clicks of three visitors, one of whom signs up, and three invoices. */
export function customerFacts(i: number): Fact[] {
  const customer = `cus-${randomUUID()}`;
  const visitors = [randomUUID(), randomUUID(), randomUUID()] as const;
  const clicks = [...visitors, ...visitors].map((visitor, k) => click(i + k, visitor));
  const invoices = [0, 1, 2].map((before) => invoice(customer, before).fact);
  return [...clicks, signUp(customer, visitors[0]), ...invoices];
}
export const FACTS_OF_A_CUSTOMER = 10;
