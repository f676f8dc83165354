import type { UpstreamData, UpstreamEvent, UpstreamTypeName } from '@tributary/contracts';
import { COUPON, LINK } from './registry';

const BILLING = 'billing';
const ASSET = 'BRL/2';

export const PAID_LINES = [
  { lineRef: '1', productRef: 'payments-pro', ...once('165000', '15000', '150000') },
  {
    lineRef: '2',
    productRef: 'onboarding',
    productGroup: 'services',
    ...once('54890', '4990', '49900'),
  },
];

/** Whoever asks what became of them names these. */
export const CLICK = fact('shop', 'tributary.touch.click.v1', {
  id: 'click-1',
  time: '2026-02-01T09:12:44-03:00',
  subject: 'laptop',
  data: { clickId: 'click-1', linkId: LINK, visitorId: 'laptop', consent: true },
});
export const PAYMENT = fact('billing', 'tributary.invoice.paid.v1', {
  id: 'payment-1',
  time: '2026-02-10T10:14:07-03:00',
  subject: 'anna',
  data: {
    invoiceRef: 'invoice-1',
    paymentRef: 'payment-1',
    customerRef: 'anna',
    billingSystem: BILLING,
    asset: ASSET,
    paidAt: '2026-02-10T10:14:07-03:00',
    lines: PAID_LINES,
  },
});

/** Anna comes through northwind's link and pays; southwind was there before on her phone, and again too late. */
const SALE: readonly UpstreamEvent[] = [
  CLICK,
  fact('shop', 'tributary.customer.signed_up.v1', {
    id: 'signup-anna',
    time: '2026-02-05T11:29:00-03:00',
    subject: 'anna',
    data: { customerRef: 'anna', visitorId: 'laptop', country: 'BR', customerType: 'business' },
  }),
  PAYMENT,
  fact('shop', 'tributary.touch.click.v1', {
    id: 'click-2',
    time: '2026-02-20T16:03:10-03:00',
    subject: 'laptop',
    data: { clickId: 'click-2', partnerRef: 'southwind', visitorId: 'laptop', consent: true },
  }),
  fact('shop', 'tributary.touch.click.v1', {
    id: 'click-3',
    time: '2026-01-28T20:45:31-03:00',
    subject: 'phone',
    data: { clickId: 'click-3', partnerRef: 'southwind', visitorId: 'phone', consent: true },
  }),
  fact('shop', 'tributary.identity.linked.v1', {
    id: 'login-1',
    time: '2026-03-05T08:00:00-03:00',
    subject: 'anna',
    data: {
      from: { type: 'visitor', value: 'phone' },
      to: { type: 'visitor', value: 'laptop' },
      basis: 'login',
    },
  }),
  fact('billing', 'tributary.payment.refunded.v1', {
    id: 'refund-1',
    time: '2026-03-10T10:00:00-03:00',
    subject: 'anna',
    data: {
      refundRef: 'refund-1',
      paymentRef: 'payment-1',
      billingSystem: BILLING,
      asset: ASSET,
      amount: '21989',
      reason: 'requested_by_customer',
      refundedAt: '2026-03-10T10:00:00-03:00',
    },
  }),
];

/** Bruno redeems southwind's coupon, and is billed by what he uses. */
const USAGE: readonly UpstreamEvent[] = [
  fact('shop', 'tributary.customer.signed_up.v1', {
    id: 'signup-bruno',
    time: '2026-02-27T15:30:00-03:00',
    subject: 'bruno',
    data: { customerRef: 'bruno', coupon: COUPON, country: 'BR' },
  }),
  fact('billing', 'tributary.usage.reported.v1', {
    id: 'usage-2026-03',
    time: '2026-04-01T00:10:00-03:00',
    subject: 'bruno',
    data: {
      meterRef: 'api-calls',
      customerRef: 'bruno',
      billingSystem: BILLING,
      quantity: '1234567',
      periodStart: '2026-03-01T00:00:00-03:00',
      periodEnd: '2026-04-01T00:00:00-03:00',
      attributableRevenue: '1234567',
      asset: ASSET,
    },
  }),
];

/** Both partners claim one company, so somebody has to decide. */
const CLAIMS: readonly UpstreamEvent[] = [
  claimed('northwind', '2026-03-16T10:00:00-03:00'),
  claimed('southwind', '2026-03-17T09:30:00-03:00'),
];

export const TRAININGS: readonly UpstreamEvent[] = [
  trained('northwind', 'ana-payments', 'payments-101', '2026-03-03T14:00:00-03:00', 240),
  trained('northwind', 'ana-integrations', 'integrations-201', '2026-03-10T14:00:00-03:00', 360),
  trained('northwind', 'bruno-payments', 'payments-101', '2026-03-12T14:30:00-03:00', 240),
  trained('southwind', 'carla-payments', 'payments-101', '2026-03-17T09:00:00-03:00', 240),
];

export const FACTS: readonly UpstreamEvent[] = [...SALE, ...USAGE, ...CLAIMS, ...TRAININGS];

type Told<T extends UpstreamTypeName> = Pick<
  UpstreamEvent<T, UpstreamData[T]>,
  'data' | 'id' | 'subject' | 'time'
>;

export function fact<T extends UpstreamTypeName>(
  system: 'academy' | 'billing' | 'portal' | 'shop',
  type: T,
  { id, time, subject, data }: Told<T>,
): UpstreamEvent {
  return {
    specversion: '1.0',
    id: `demo-${id}`,
    source: `https://demo.tributary.example/${system}`,
    type,
    time,
    subject,
    datacontenttype: 'application/json',
    dataschema: `/v1/schemas/${type.slice('tributary.'.length)}`,
    data: data as unknown as UpstreamEvent['data'],
  };
}

export function once(gross: string, tax: string, net: string) {
  return { quantity: '1', gross, discount: '0', tax, net, billing: 'one_time' } as const;
}

function claimed(partnerRef: string, time: string): UpstreamEvent {
  const leadRef = `bluebird-${partnerRef}`;
  return fact('portal', 'tributary.lead.registered.v1', {
    id: `lead-${leadRef}`,
    time,
    subject: leadRef,
    data: {
      leadRef,
      partnerRef,
      company: { name: 'Bluebird Ltda', domain: 'bluebird.example' },
      product: 'payments',
      territory: 'br',
    },
  });
}

function trained(
  partnerRef: string,
  completion: string,
  trainingRef: string,
  time: string,
  minutes: number,
): UpstreamEvent {
  const completionRef = `demo-${completion}`;
  return fact('academy', 'tributary.training.completed.v1', {
    id: completion,
    time,
    subject: partnerRef,
    data: { partnerRef, completionRef, trainingRef, minutes },
  });
}
