import { factType } from './fact-type';
import {
  country,
  customerRef,
  domain,
  emailHash,
  leadRef,
  partnerRef,
  ref,
  taxIdHash,
  visitorId,
  word,
  words,
} from './fields';
import { optional, record } from './schema';

export const CUSTOMER_SIGNED_UP = 'tributary.customer.signed_up.v1';

/** Someone became a customer. Only the reference is needed; everything else improves attribution. */
export interface CustomerSignedUpData {
  readonly customerRef: string;
  readonly accountRef?: string;
  readonly visitorId?: string;
  readonly clickId?: string;
  readonly coupon?: { readonly code: string; readonly couponSystem: string };
  readonly partnerRef?: string;
  readonly leadRef?: string;
  readonly emailHash?: string;
  readonly taxIdHash?: string;
  readonly companyDomain?: string;
  readonly country?: string;
  readonly customerType?: string;
  readonly segment?: string;
  readonly plan?: string;
}

export const customerSignedUp = factType<typeof CUSTOMER_SIGNED_UP, CustomerSignedUpData>({
  type: CUSTOMER_SIGNED_UP,
  title: 'Someone has become a customer',
  fields: {
    customerRef,
    accountRef: optional(ref('Your id of the account.')),
    visitorId: optional(visitorId),
    clickId: optional(ref('The click that led here.')),
    coupon: optional(
      record<NonNullable<CustomerSignedUpData['coupon']>>({
        code: words('The coupon as it was entered.', 100),
        couponSystem: ref('The system whose coupon it is.'),
      }),
    ),
    partnerRef: optional(partnerRef),
    leadRef: optional(leadRef),
    emailHash: optional(emailHash),
    taxIdHash: optional(taxIdHash),
    companyDomain: optional(domain),
    country: optional(country),
    customerType: optional(word('Like `business` or `consumer`.')),
    segment: optional(word('Like `smb` or `enterprise`.')),
    plan: optional(ref('What was signed up for.')),
  },
  example: {
    id: 'signup-4711',
    source: 'https://www.shop.example/production',
    time: '2026-02-10T11:29:00-03:00',
    subject: 'cus-4711',
    data: {
      customerRef: 'cus-4711',
      accountRef: 'acc-300',
      visitorId: 'v-5f1c2a',
      clickId: 'click-90117',
      emailHash: '973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b',
      companyDomain: 'acme.example',
      country: 'BR',
      customerType: 'business',
      segment: 'smb',
      plan: 'payments-pro',
    },
  },
});
