import { factType } from './fact-type';
import {
  amount,
  amountFromZero,
  customerRef,
  list,
  oneOfWords,
  quantity,
  ref,
  time,
  word,
} from './fields';
import { asset, needs, optional, record } from './schema';

export const SUBSCRIPTION_STARTED = 'tributary.subscription.started.v1';
export const SUBSCRIPTION_CHANGED = 'tributary.subscription.changed.v1';
export const SUBSCRIPTION_CANCELED = 'tributary.subscription.canceled.v1';

export const INTERVALS = ['week', 'month', 'quarter', 'half_year', 'year'] as const;
export type Interval = (typeof INTERVALS)[number];

export interface SubscriptionItem {
  readonly productRef: string;
  readonly quantity: string;
  readonly amount?: string;
}

/** What a customer subscribes to from `effectiveAt` on. */
export interface SubscriptionData {
  readonly subscriptionRef: string;
  readonly customerRef: string;
  readonly items: readonly SubscriptionItem[];
  /** Minor units of `asset` in a month. */
  readonly mrr: string;
  readonly asset: string;
  readonly interval: Interval;
  readonly effectiveAt: string;
}

/** What was subscribed to may be named; nothing of it is needed. */
export interface SubscriptionCanceledData {
  readonly subscriptionRef: string;
  readonly customerRef: string;
  readonly items?: readonly SubscriptionItem[];
  readonly mrr?: string;
  readonly asset?: string;
  readonly interval?: Interval;
  readonly effectiveAt: string;
  readonly reason?: string;
}

const items = list(
  record<SubscriptionItem>({
    productRef: ref('Your id of the product.'),
    quantity,
    amount: optional(amount('Of one interval, in minor units of the asset.')),
  }),
  0,
  200,
);
const subscriptionRef = ref('Your id of the subscription.');
const mrr = amountFromZero('Recurring revenue of a month, in minor units of the asset.');
const interval = oneOfWords(INTERVALS, 'How often it is billed.');
const effectiveAt = time('From when on.');

const change = <T extends string>(
  type: T,
  title: string,
  { id, time: at, ...data }: { id: string; time: string; mrr: string; quantity: string },
) =>
  factType<T, SubscriptionData>({
    type,
    title,
    fields: { subscriptionRef, customerRef, items, mrr, asset, interval, effectiveAt },
    example: {
      id,
      source: 'https://billing.example/production',
      time: at,
      subject: 'sub-88',
      data: {
        subscriptionRef: 'sub-88',
        customerRef: 'cus-4711',
        items: [{ productRef: 'payments-pro', quantity: data.quantity }],
        mrr: data.mrr,
        asset: 'BRL/2',
        interval: 'month',
        effectiveAt: at,
      },
    },
  });

export const subscriptionStarted = change(SUBSCRIPTION_STARTED, 'A subscription begins', {
  id: 'sub-88-started',
  time: '2026-02-10T12:00:00-03:00',
  mrr: '49900',
  quantity: '1',
});
export const subscriptionChanged = change(
  SUBSCRIPTION_CHANGED,
  'A subscription is another from now on',
  { id: 'sub-88-changed-1', time: '2026-04-10T12:00:00-03:00', mrr: '99800', quantity: '2' },
);

export const subscriptionCanceled = factType<
  typeof SUBSCRIPTION_CANCELED,
  SubscriptionCanceledData
>({
  type: SUBSCRIPTION_CANCELED,
  title: 'A subscription ends',
  fields: {
    subscriptionRef,
    customerRef,
    items: optional(items),
    mrr: optional(mrr),
    asset: optional(asset),
    interval: optional(interval),
    effectiveAt,
    reason: optional(word('Why, like `too_expensive`.')),
  },
  choices: [needs('mrr', 'asset', 'currency')],
  example: {
    id: 'sub-88-canceled',
    source: 'https://billing.example/production',
    time: '2026-08-10T12:00:00-03:00',
    subject: 'sub-88',
    data: {
      subscriptionRef: 'sub-88',
      customerRef: 'cus-4711',
      effectiveAt: '2026-08-31T23:59:59-03:00',
      reason: 'business_closed',
    },
  },
});
