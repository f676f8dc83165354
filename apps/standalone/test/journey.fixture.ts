import type { UpstreamEvent } from '@tributary/contracts';

const SHOP = 'https://shop.example/production';

/** What a customer pays, in minor units; each of its own, so that a sum tells who is missing. */
export const netOf = (number: number): number => 10_000 + number;

/** How one customer comes to pay: clicks on a partner's link, signs up, pays. Told in any order, by any number of senders. */
export function journey(number: number, partner: string): UpstreamEvent[] {
  const [visitorId, customerRef] = [`visitor-${number}`, `customer-${number}`];
  const net = String(netOf(number));
  const line = {
    lineRef: 'l1',
    productRef: 'pro',
    quantity: '1',
    gross: net,
    discount: '0',
    tax: '0',
    net,
  };
  return [
    told('touch.click.v1', `click-${number}`, '2026-02-01T10:00:00Z', {
      clickId: `click-${number}`,
      partnerRef: partner,
      visitorId,
      consent: true,
    }),
    told('customer.signed_up.v1', `signup-${number}`, '2026-02-02T10:00:00Z', {
      customerRef,
      visitorId,
    }),
    told('invoice.paid.v1', `paid-${number}`, '2026-02-03T10:00:00Z', {
      invoiceRef: `invoice-${number}`,
      paymentRef: `payment-${number}`,
      customerRef,
      asset: 'BRL/2',
      lines: [line],
      paidAt: '2026-02-03T10:00:00Z',
    }),
  ];
}

function told(type: string, id: string, time: string, data: UpstreamEvent['data']): UpstreamEvent {
  return {
    specversion: '1.0',
    id,
    source: SHOP,
    type: `tributary.${type}`,
    time,
    subject: id,
    datacontenttype: 'application/json',
    dataschema: `/v1/schemas/${type}`,
    data,
  };
}
