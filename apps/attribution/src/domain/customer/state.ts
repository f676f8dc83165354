import {
  type Instant,
  type JsonObject,
  PersistentMap,
  laterOf,
  unreachable,
} from '@tributary/kernel';
import type { EvidenceItem, Identifier } from '../evidence';
import { type Items, noItems, withItems } from '../identifier/items';
import { topicOfIdentifier } from '../topics';
import type { SubscriptionNote } from './activity';
import type { CreditAdjudicated, CustomerEvent, CustomerTold, PaymentsOrdered } from './events';
import {
  type Payments,
  type Places,
  isPaymentItem,
  noPayments,
  paymentItemOf,
  withPayment,
} from './payments';

/** What another identifier, or another customer, has told. */
export interface Learned {
  readonly identifier: Identifier;
  readonly isCrowd: boolean;
  readonly items: Items;
}

/** A timeline that somebody else keeps, as it was told last. */
export interface Term {
  readonly key: string;
  readonly revision: number;
  readonly data: JsonObject;
}

export type Adjudicated = CreditAdjudicated['data'] & { readonly at: Instant };

export interface Customer {
  /** First-hand, without payments. */
  readonly own: Items;
  readonly payments: Payments;
  /** By topic. */
  readonly learned: PersistentMap<Learned>;
  /** By topic; most have one key. */
  readonly terms: PersistentMap<readonly Term[]>;
  readonly subscriptions: PersistentMap<SubscriptionNote>;
  readonly adjudications: PersistentMap<Adjudicated>;
  readonly followed: PersistentMap<true>;
  /** Decisions that stand in this stream. */
  readonly decided: PersistentMap<true>;
  /** Whether some are still to follow. */
  readonly isBehind: boolean;
  readonly told: CustomerTold | null;
  readonly places: Places;
  readonly placesRevision: number;
  /** The latest that anything here happened, on the world's clock. */
  readonly latest: Instant | null;
}

export const nobody: Customer = {
  own: noItems,
  payments: noPayments,
  learned: PersistentMap.empty<Learned>(),
  terms: PersistentMap.empty<readonly Term[]>(),
  subscriptions: PersistentMap.empty<SubscriptionNote>(),
  adjudications: PersistentMap.empty<Adjudicated>(),
  followed: PersistentMap.empty<true>(),
  decided: PersistentMap.empty<true>(),
  isBehind: false,
  told: null,
  places: {},
  placesRevision: 0,
  latest: null,
};

export function evolve(state: Customer, event: CustomerEvent): Customer {
  return {
    ...withEvent(state, event),
    latest: state.latest === null ? event.occurredAt : laterOf(state.latest, event.occurredAt),
  };
}

function withEvent(state: Customer, event: CustomerEvent): Customer {
  const { type, data } = event;
  switch (type) {
    case 'CustomerEvidenceNoted':
      return following(data.follows, data.items.reduce(withOwn, state));
    case 'LaterPaymentsNoted': {
      const payments = data.payments.reduce(
        (all, item) => withPayment(all, item, false),
        state.payments,
      );
      return { ...state, payments };
    }
    case 'EvidenceLearned':
      return following(
        data.follows,
        withLearned(state, data.from, data.items, data.crowd === true),
      );
    case 'TermLearned': {
      const { topic, key, revision } = data;
      const others = state.terms.get(topic)?.filter((term) => term.key !== key) ?? [];
      const keys = [...others, { key, revision, data: data.data }].sort(byKey);
      return following(data.follows, { ...state, terms: state.terms.set(topic, keys) });
    }
    case 'SubscriptionNoted':
      return { ...state, subscriptions: state.subscriptions.set(data.item, data) };
    case 'CreditAdjudicated': {
      const adjudicated = { ...data, at: event.occurredAt };
      return { ...state, adjudications: state.adjudications.set(data.adjudication, adjudicated) };
    }
    case 'CreditDecided':
      return {
        ...state,
        decided: state.decided.set(data.decision, true),
        isBehind: data.more === true,
      };
    case 'CreditRevised':
      return { ...state, told: data };
    case 'PaymentsOrdered':
      return withPlaces(state, data);
    default:
      return unreachable(event);
  }
}

function following(follows: readonly string[], state: Customer): Customer {
  if (follows.length === 0) return state;
  return {
    ...state,
    followed: follows.reduce((followed, topic) => followed.set(topic, true), state.followed),
  };
}

function withOwn(state: Customer, item: EvidenceItem): Customer {
  if (!isPaymentItem(item.item)) return { ...state, own: state.own.set(item.item, item) };
  return { ...state, payments: withPayment(state.payments, item, true) };
}

function withLearned(
  state: Customer,
  from: Identifier,
  items: readonly EvidenceItem[],
  crowd: boolean,
): Customer {
  const topic = topicOfIdentifier(from);
  const before = state.learned.get(topic);
  const isCrowd = crowd || before?.isCrowd === true;
  const held = isCrowd ? noItems : withItems(before?.items ?? noItems, items);
  return {
    ...state,
    learned: state.learned.set(topic, { identifier: from, isCrowd, items: held }),
  };
}

const byKey = (a: Term, b: Term): number => (a.key < b.key ? -1 : 1);

function withPlaces(state: Customer, { revision, payments }: PaymentsOrdered['data']): Customer {
  const places = { ...state.places };
  for (const place of payments) {
    const item = paymentItemOf(place.sale, place.payment);
    if (place.ordinal === null) delete places[item];
    else places[item] = place;
  }
  return { ...state, places, placesRevision: revision };
}
