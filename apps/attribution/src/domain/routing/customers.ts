import type {
  CustomerSignedUpData,
  SubscriptionCanceledData,
  SubscriptionData,
} from '@tributary/contracts';
import { instant } from '@tributary/kernel';
import type { Identifier, IdentifierKind, SignUp } from '../evidence';
import type { SubscriptionNoted } from '../customer/events';
import type { NotedItem } from '../identifier/items';
import { type Command, noteAt } from './commands';
import { type RoutedFact, identifierOf, itemOf, linkTo } from './routed';
import { couponTouch } from './touches';

/** The names that a sign-up may give, in the order of the numbers of their items; that order never changes. */
const NAMES: readonly (readonly [keyof CustomerSignedUpData, IdentifierKind])[] = [
  ['accountRef', 'account'],
  ['visitorId', 'visitor'],
  ['clickId', 'click'],
  ['leadRef', 'lead'],
  ['emailHash', 'email'],
  ['taxIdHash', 'tax'],
  ['companyDomain', 'company'],
];
const COUPON_ITEM = NAMES.length + 1;
const PARTNER_ITEM = NAMES.length + 2;

export function whenSignedUp(fact: RoutedFact<CustomerSignedUpData>): Command[] {
  const { data, programme } = fact;
  const { customerRef, coupon, partnerRef, country, customerType, segment, plan } = data;
  const customer = identifierOf(fact, 'customer', customerRef);
  const signUp: SignUp = {
    kind: 'signup',
    programme,
    ...(country !== undefined && { country }),
    ...(customerType !== undefined && { customerType }),
    ...(segment !== undefined && { segment }),
    ...(plan !== undefined && { plan }),
  };
  const items: NotedItem[] = [itemOf(fact, 0, signUp)];
  const others: Command[] = [];
  for (const [i, [field, kind]] of NAMES.entries()) {
    const value = data[field];
    if (typeof value !== 'string') continue;
    const other: Identifier = identifierOf(fact, kind, value);
    items.push(itemOf(fact, i + 1, linkTo(other, 'signup')));
    others.push(noteAt(other, itemOf(fact, i + 1, linkTo(customer, 'signup'))));
  }
  if (coupon) items.push(itemOf(fact, COUPON_ITEM, couponTouch(fact.tenant, coupon)));
  if (partnerRef !== undefined) {
    const body = { kind: 'touch', type: 'referral', consent: true, selfReported: false } as const;
    items.push(itemOf(fact, PARTNER_ITEM, { ...body, partner: partnerRef }));
  }
  return [{ type: 'NoteCustomer', customer: customer.id, items }, ...others];
}

export const whenSubscription =
  (change: SubscriptionNoted['data']['change']) =>
  (fact: RoutedFact<SubscriptionCanceledData | SubscriptionData>): Command[] => {
    const { subscriptionRef, customerRef, effectiveAt, mrr, asset, interval } = fact.data;
    return [
      {
        type: 'NoteSubscription',
        customer: customerRef,
        subscription: subscriptionRef,
        item: fact.fact.factId,
        fact: fact.fact,
        change,
        at: instant(effectiveAt),
        mrr: mrr ?? null,
        asset: asset ?? null,
        interval: interval ?? null,
      },
    ];
  };
