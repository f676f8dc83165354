import type { UpstreamEvent } from '@tributary/contracts';
import { fact, once } from './facts';
import { type Entry, PLAN } from './registry';

export const TIERED_PARTNER = 'westwind';

const SINCE = '2026-01-01T00:00:00-03:00';
const PROMOTED_AT = '2026-03-17T14:00:00-03:00';
const QUALIFICATIONS = `/v1/partners/${TIERED_PARTNER}/qualifications`;
const CUSTOMER = 'clara';

/** A fifth, a quarter or three tenths, by the tier that held when the customer paid. */
export const TIER_PLAN = {
  ...PLAN,
  planId: 'tiers',
  appliesTo: {},
  rules: [
    {
      id: 'tier',
      group: 'base',
      priority: 10,
      pay: {
        kind: 'matrix',
        by: 'partner.tier@event',
        bp: { certified: 2000, preferred: 2500, strategic: 3000 },
      },
    },
  ],
};

const entry = (key: string, path: string, body: object, by: Entry['by'] = 'programme'): Entry => ({
  key: `demo-tiers-${key}`,
  by,
  path,
  body,
});

const step = (name: string, day: string, minutes: number): Entry =>
  entry(`step-${name}`, `/v1/partners/${TIERED_PARTNER}/certification/steps`, {
    record: name,
    step: name,
    minutes,
    completedAt: `2026-01-${day}T12:00:00-03:00`,
    evidence: [`protocol ${name}`],
  });

/** Westwind is under an agreement, has four hours of technical and eight of product training, a demo, a pilot, and a promise. */
export const CERTIFIED: readonly Entry[] = [
  entry('partner', '/v1/partners', {
    ...{ id: TIERED_PARTNER, name: 'Westwind Consulting', type: 'channel', kind: 'agency' },
    effectiveAt: SINCE,
  }),
  entry('agreement', '/v1/agreements', {
    ...{ id: 'westwindtiers', partner: TIERED_PARTNER, plan: TIER_PLAN.planId },
    effectiveFrom: SINCE,
  }),
  entry('agreement-approval', '/v1/agreements/westwindtiers/approvals', { version: 1 }, 'admin'),
  step('technical', '05', 240),
  step('product', '08', 480),
  step('demo', '12', 0),
  step('pilot', '20', 0),
  entry('commitment', `${QUALIFICATIONS}/commitment/main`, {
    level: '5',
    effectiveAt: SINCE,
    evidence: ['agreement westwindtiers'],
  }),
];

/** All that is missing for the next tier by then: an exam, and a customer who says how content it is. */
export const EXAM: Entry = entry('exam', `${QUALIFICATIONS}/certificate/exam7`, {
  level: 'advanced',
  effectiveAt: '2026-03-02T12:00:00-03:00',
  evidence: ['exam 2026-118'],
});
export const ANSWER: readonly UpstreamEvent[] = [
  fact('academy', 'tributary.csat.recorded.v1', {
    id: 'answer-1',
    time: PROMOTED_AT,
    subject: TIERED_PARTNER,
    data: {
      partnerRef: TIERED_PARTNER,
      responseRef: 'demo-answer-1',
      instrument: 'csat',
      scale: { min: '1', max: '5' },
      value: '4.6',
    },
  }),
];

/** Clara comes through westwind, subscribes for R$ 4,500.00 a month, and pays four times in March. */
export const SOLD: readonly UpstreamEvent[] = [
  fact('academy', 'tributary.implementation.completed.v1', {
    id: 'implementation-1',
    time: '2026-01-22T12:00:00-03:00',
    subject: TIERED_PARTNER,
    data: { partnerRef: TIERED_PARTNER, implementationRef: 'demo-implementation-1' },
  }),
  fact('shop', 'tributary.touch.click.v1', {
    id: 'click-clara',
    time: '2026-02-01T10:00:00-03:00',
    subject: CUSTOMER,
    data: {
      clickId: 'click-clara',
      partnerRef: TIERED_PARTNER,
      visitorId: 'tablet',
      consent: true,
    },
  }),
  fact('shop', 'tributary.customer.signed_up.v1', {
    id: 'signup-clara',
    time: '2026-02-05T10:00:00-03:00',
    subject: CUSTOMER,
    data: { customerRef: CUSTOMER, visitorId: 'tablet', country: 'BR' },
  }),
  fact('billing', 'tributary.subscription.started.v1', {
    id: 'subscription-clara',
    time: '2026-02-06T10:00:00-03:00',
    subject: CUSTOMER,
    data: {
      subscriptionRef: 'subscription-clara',
      customerRef: CUSTOMER,
      items: [],
      mrr: '450000',
      asset: PLAN.asset,
      interval: 'month',
      effectiveAt: '2026-02-06T10:00:00-03:00',
    },
  }),
  paid(1, '2026-03-05T12:00:00-03:00', '234567'),
  paid(2, '2026-03-17T13:59:59-03:00', '99999'),
  paid(3, PROMOTED_AT, '123455'),
  paid(4, '2026-03-29T12:00:00-03:00', '78001'),
];

/** A fifth of each payment; and, from the one at the very instant of the promotion on, a quarter. */
export const EARNED = { certified: '107204', preferred: '117277' } as const;

function paid(n: number, paidAt: string, net: string): UpstreamEvent {
  return fact('billing', 'tributary.invoice.paid.v1', {
    id: `payment-clara-${n}`,
    time: paidAt,
    subject: CUSTOMER,
    data: {
      invoiceRef: `invoice-clara-${n}`,
      paymentRef: `payment-clara-${n}`,
      customerRef: CUSTOMER,
      billingSystem: 'billing',
      asset: PLAN.asset,
      paidAt,
      lines: [{ lineRef: '1', productRef: 'payments-pro', ...once(net, '0', net) }],
    },
  });
}
