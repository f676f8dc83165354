import {
  type TouchClickData,
  type TouchCouponData,
  type TouchOfPartnerData,
  couponIdOf,
} from '@tributary/contracts';
import type { Identifier, Touch, TouchType } from '../evidence';
import { type Command, noteAt } from './commands';
import { type RoutedFact, identifierOf, itemOf, linkTo } from './routed';

/** A click belongs to its visitor; the click id says who that was to whoever knows nothing else. */
export function whenClicked(fact: RoutedFact<TouchClickData>): Command[] {
  const { partnerRef, linkId, visitorId, clickId, consent } = fact.data;
  const visitor = identifierOf(fact, 'visitor', visitorId);
  const touch: Touch = {
    kind: 'touch',
    type: 'click',
    consent,
    selfReported: false,
    ...(partnerRef === undefined ? { link: linkId ?? '' } : { partner: partnerRef }),
  };
  return [
    noteAt(visitor, itemOf(fact, 0, touch)),
    // Not the other way round: a visitor who clicks often is still one person.
    noteAt(identifierOf(fact, 'click', clickId), itemOf(fact, 1, linkTo(visitor, 'click'))),
  ];
}

/** What a partner did for a prospect is noted under every name that it gave. */
export const whenTouched =
  (type: TouchType) =>
  (fact: RoutedFact<TouchOfPartnerData>): Command[] => {
    const { partnerRef, prospect, role, selfReported = false } = fact.data;
    const touch: Touch = {
      kind: 'touch',
      type,
      partner: partnerRef,
      consent: true,
      selfReported,
      ...(role !== undefined && { role }),
    };
    const names: Identifier[] = [];
    if (prospect.domain !== undefined) names.push(identifierOf(fact, 'company', prospect.domain));
    if (prospect.emailHash !== undefined)
      names.push(identifierOf(fact, 'email', prospect.emailHash));
    if (names.length === 0) names.push(identifierOf(fact, 'company', prospect.company ?? ''));
    return names.map((name) => noteAt(name, itemOf(fact, 0, touch)));
  };

export function whenCouponRedeemed(fact: RoutedFact<TouchCouponData>): Command[] {
  const { code, couponSystem, orderRef, customerRef, visitorId } = fact.data;
  const item = itemOf(fact, 0, couponTouch(fact.tenant, { code, couponSystem }));
  const names: Identifier[] = [];
  if (orderRef !== undefined) names.push(identifierOf(fact, 'order', orderRef));
  if (visitorId !== undefined) names.push(identifierOf(fact, 'visitor', visitorId));
  if (customerRef !== undefined) names.push(identifierOf(fact, 'customer', customerRef));
  return names.map((name) => noteAt(name, item));
}

export const couponTouch = (
  tenant: string,
  { code, couponSystem }: Pick<TouchCouponData, 'code' | 'couponSystem'>,
): Touch => ({
  kind: 'touch',
  type: 'coupon',
  coupon: couponIdOf(tenant, couponSystem, code),
  consent: true,
  selfReported: false,
});
