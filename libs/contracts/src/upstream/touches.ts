import { type Fault, factType } from './fact-type';
import {
  customerRef,
  domain,
  emailHash,
  flag,
  ipHash,
  ourId,
  partnerRef,
  ref,
  uaHash,
  url,
  visitorId,
  word,
  words,
} from './fields';
import { atLeastOne, exactlyOne, optional, record } from './schema';

export const TOUCH_CLICK = 'tributary.touch.click.v1';
export const TOUCH_REFERRAL = 'tributary.touch.referral.v1';
export const TOUCH_INTRO = 'tributary.touch.intro.v1';
export const TOUCH_EVENT = 'tributary.touch.event.v1';
export const TOUCH_INTEGRATION = 'tributary.touch.integration.v1';
export const TOUCH_COUPON = 'tributary.touch.coupon.v1';

/** Somebody came through a partner's link. */
export interface TouchClickData {
  readonly clickId: string;
  /** Either the partner or the link; a link's owner at the time of the click is looked up. */
  readonly partnerRef?: string;
  readonly linkId?: string;
  readonly landingUrl?: string;
  readonly visitorId: string;
  readonly consent: boolean;
  readonly utm?: Utm;
  readonly ipHash?: string;
  readonly uaHash?: string;
}

export interface Utm {
  readonly source?: string;
  readonly medium?: string;
  readonly campaign?: string;
  readonly term?: string;
  readonly content?: string;
}

/** What a partner did for a prospect: referred it, introduced it, met it at an event, brought it through an integration. */
export interface TouchOfPartnerData {
  readonly partnerRef: string;
  readonly prospect: Prospect;
  readonly evidenceRef?: string;
  readonly role?: string;
  /** Said by the prospect or the partner only: it informs, and never pays. */
  readonly selfReported?: boolean;
}

/** At least one of them. */
export interface Prospect {
  readonly domain?: string;
  readonly emailHash?: string;
  readonly company?: string;
}

/** A partner's coupon was redeemed, by at least one of an order, a customer, a visitor. */
export interface TouchCouponData {
  readonly code: string;
  readonly couponSystem: string;
  readonly orderRef?: string;
  readonly customerRef?: string;
  readonly visitorId?: string;
}

export const touchClick = factType<typeof TOUCH_CLICK, TouchClickData>({
  type: TOUCH_CLICK,
  title: 'Somebody came through a partner’s link',
  fields: {
    clickId: ref('Your id of this click.'),
    partnerRef: optional(partnerRef),
    linkId: optional(ourId('Our id of the link, instead of the partner.')),
    landingUrl: optional(url('Where the click led.')),
    visitorId,
    consent: flag('Whether the visitor agreed to be followed.'),
    utm: optional(
      record<Utm>({
        source: optional(words('utm_source')),
        medium: optional(words('utm_medium')),
        campaign: optional(words('utm_campaign')),
        term: optional(words('utm_term')),
        content: optional(words('utm_content')),
      }),
    ),
    ipHash: optional(ipHash),
    uaHash: optional(uaHash),
  },
  choices: [exactlyOne('partnerRef', 'linkId')],
  faultsOf: ({ landingUrl }) => (landingUrl === undefined ? [] : urlFaults(landingUrl)),
  example: {
    id: 'click-90117',
    source: 'https://www.shop.example/production',
    time: '2026-02-03T09:12:44-03:00',
    subject: 'click-90117',
    data: {
      clickId: 'click-90117',
      linkId: 'northwindspring',
      landingUrl: 'https://www.shop.example/pricing?utm_source=northwind',
      visitorId: 'v-5f1c2a',
      consent: true,
      utm: { source: 'northwind', medium: 'partner', campaign: 'spring' },
      ipHash: '4a44dc15364204a80fe80e9039455cc1608281820fe2b24f1e5233ade6af1dd5',
    },
  },
});

const MOST_QUERY = 500;

function urlFaults(text: string): Fault[] {
  const faults: Fault[] = [];
  const add = (code: string, detail: string) => faults.push({ path: ['landingUrl'], code, detail });
  if (/^https?:\/\/[^/?#]*@/.test(text))
    add('user_info', 'Names a user before the host: send the address without it.');
  const query = /\?([^#]*)/.exec(text)?.[1] ?? '';
  if (query.length > MOST_QUERY)
    add(
      'query_too_long',
      `What follows the question mark is longer than ${MOST_QUERY} characters.`,
    );
  return faults;
}

const ofPartner = <T extends string>(
  type: T,
  title: string,
  id: string,
  data: Partial<TouchOfPartnerData>,
) =>
  factType<T, TouchOfPartnerData>({
    type,
    title,
    fields: {
      partnerRef,
      prospect: record<Prospect>(
        {
          domain: optional(domain),
          emailHash: optional(emailHash),
          company: optional(words('The name of the company.')),
        },
        [atLeastOne('domain', 'emailHash', 'company')],
      ),
      evidenceRef: optional(ref('Where the evidence can be looked at.')),
      role: optional(word('What the partner did, like `introducer`.')),
      selfReported: optional(flag('Said by the prospect or the partner only; never pays.')),
    },
    example: {
      id,
      source: 'https://crm.example/production',
      time: '2026-02-05T15:00:00-03:00',
      subject: 'northwind',
      data: { partnerRef: 'northwind', prospect: { domain: 'acme.example' }, ...data },
    },
  });

export const touchReferral = ofPartner(
  TOUCH_REFERRAL,
  'A partner has referred a prospect',
  'referral-311',
  {
    prospect: {
      domain: 'acme.example',
      emailHash: '973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b',
      company: 'Acme Ltda',
    },
    evidenceRef: 'mail-8812',
    role: 'referrer',
  },
);
export const touchIntro = ofPartner(
  TOUCH_INTRO,
  'A partner has introduced a prospect in person',
  'intro-57',
  { evidenceRef: 'meeting-57', role: 'introducer' },
);
export const touchEvent = ofPartner(
  TOUCH_EVENT,
  'A partner has met a prospect at an event',
  'fair-2026-14',
  { evidenceRef: 'fair-2026', selfReported: true },
);
export const touchIntegration = ofPartner(
  TOUCH_INTEGRATION,
  'A prospect came through a partner’s integration',
  'integration-acme',
  { evidenceRef: 'connector-pos' },
);

export const touchCoupon = factType<typeof TOUCH_COUPON, TouchCouponData>({
  type: TOUCH_COUPON,
  title: 'A partner’s coupon was redeemed',
  fields: {
    code: words('The coupon as it was entered.', 100),
    couponSystem: ref('The system whose coupon it is.'),
    orderRef: optional(ref('Your id of the order.')),
    customerRef: optional(customerRef),
    visitorId: optional(visitorId),
  },
  choices: [atLeastOne('orderRef', 'customerRef', 'visitorId')],
  example: {
    id: 'redemption-1',
    source: 'https://www.shop.example/production',
    time: '2026-02-10T11:30:00-03:00',
    subject: 'order-7001',
    data: {
      code: 'NORTH10',
      couponSystem: 'shop',
      orderRef: 'order-7001',
      customerRef: 'cus-4711',
    },
  },
});
