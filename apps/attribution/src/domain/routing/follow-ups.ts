import type { UpstreamData, UpstreamTypeName } from '@tributary/contracts';
import type { Command } from './commands';
import { whenRetracted } from './corrections';
import { whenSignedUp, whenSubscription } from './customers';
import { whenDeal } from './deals';
import { whenIdentified } from './identity';
import { whenLeadDecided, whenLeadRegistered, whenLeadUpdated } from './leads';
import { whenImplemented, whenRated, whenTrained } from './measures';
import {
  whenCredited,
  whenDisputed,
  whenFeeRefunded,
  whenPaid,
  whenRefundFailed,
  whenRefunded,
  whenUsed,
  whenVoided,
} from './money';
import type { RoutedFact } from './routed';
import { whenClicked, whenCouponRedeemed, whenTouched } from './touches';

type FollowUps = {
  readonly [T in UpstreamTypeName]: (fact: RoutedFact<UpstreamData[T]>) => readonly Command[];
};

/** What a fact of upstream asks of which stream. A type without a line here does not compile. */
const FOLLOW_UPS: FollowUps = {
  'tributary.touch.click.v1': whenClicked,
  'tributary.touch.referral.v1': whenTouched('referral'),
  'tributary.touch.intro.v1': whenTouched('intro'),
  'tributary.touch.event.v1': whenTouched('event'),
  'tributary.touch.integration.v1': whenTouched('integration'),
  'tributary.touch.coupon.v1': whenCouponRedeemed,
  'tributary.identity.linked.v1': whenIdentified(true),
  'tributary.identity.unlinked.v1': whenIdentified(false),
  'tributary.lead.registered.v1': whenLeadRegistered,
  'tributary.lead.updated.v1': whenLeadUpdated,
  'tributary.lead.decided.v1': whenLeadDecided,
  'tributary.customer.signed_up.v1': whenSignedUp,
  'tributary.deal.opened.v1': whenDeal('open'),
  'tributary.deal.stage_changed.v1': whenDeal('open'),
  'tributary.deal.won.v1': whenDeal('won'),
  'tributary.deal.lost.v1': whenDeal('lost'),
  'tributary.subscription.started.v1': whenSubscription('started'),
  'tributary.subscription.changed.v1': whenSubscription('changed'),
  'tributary.subscription.canceled.v1': whenSubscription('canceled'),
  'tributary.invoice.paid.v1': whenPaid,
  'tributary.marketplace.order.v1': whenPaid,
  'tributary.payment.refunded.v1': whenRefunded,
  'tributary.payment.refund_failed.v1': whenRefundFailed,
  'tributary.payment.dispute.opened.v1': whenDisputed('opened'),
  'tributary.payment.dispute.won.v1': whenDisputed('won'),
  'tributary.payment.dispute.lost.v1': whenDisputed('lost'),
  'tributary.creditnote.issued.v1': whenCredited,
  'tributary.invoice.voided.v1': whenVoided,
  'tributary.marketplace.fee_refunded.v1': whenFeeRefunded,
  'tributary.usage.reported.v1': whenUsed,
  'tributary.implementation.completed.v1': whenImplemented('implementation.completed'),
  'tributary.implementation.qualified.v1': whenImplemented('implementation.qualified'),
  'tributary.csat.recorded.v1': whenRated,
  'tributary.training.completed.v1': whenTrained,
  'tributary.fact.retracted.v1': whenRetracted,
};

export const followUpsOf = (fact: RoutedFact): readonly Command[] => {
  const followUp = (FOLLOW_UPS as Readonly<Record<string, FollowUps[UpstreamTypeName]>>)[fact.type];
  return followUp?.(fact as never) ?? [];
};
