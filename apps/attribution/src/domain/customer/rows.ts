import {
  type Instant,
  type Json,
  type KeyedRows,
  PersistentMap,
  unreachable,
} from '@tributary/kernel';
import type { EvidenceItem } from '../evidence';
import { topicOfIdentifier } from '../topics';
import type { SubscriptionNote } from './activity';
import type { CustomerEvent, CustomerTold } from './events';
import { type PaymentItem, type Places, isPaymentItem, paymentsOf } from './payments';
import type { Adjudicated, Customer, Learned, Term } from './state';

const OWN = 'own/';
const PAYMENT = 'payment/';
const LEARNED = 'learned/';
const ITEM = 'item/';
const TERM = 'term/';
const SUBSCRIPTION = 'subscription/';
const ADJUDICATION = 'adjudication/';
const FOLLOWED = 'followed/';
const DECIDED = 'decided/';
const TOLD = 'told';
const PLACES = 'places';
const BEHIND = 'behind';
const LATEST = 'latest';

/** One row for each thing that is known, so that the next payment of many writes its own row only. */
export const customerRows: KeyedRows<CustomerEvent, Customer> = {
  decider: 'customer',
  stateVersion: 1,
  touched: (event) => [LATEST, ...touchedBy(event)],
  row,
  restore,
};

function touchedBy(event: CustomerEvent): string[] {
  const { type, data } = event;
  switch (type) {
    case 'CustomerEvidenceNoted':
      return [...data.items.map(({ item }) => ownKey(item)), ...keysOf(FOLLOWED, data.follows)];
    case 'LaterPaymentsNoted':
      return data.payments.map(({ item }) => PAYMENT + item);
    case 'EvidenceLearned': {
      const topic = topicOfIdentifier(data.from);
      const items = data.items.map(({ item }) => itemKey(topic, item));
      return [LEARNED + topic, ...items, ...keysOf(FOLLOWED, data.follows)];
    }
    case 'TermLearned':
      return [TERM + data.topic, ...keysOf(FOLLOWED, data.follows)];
    case 'SubscriptionNoted':
      return [SUBSCRIPTION + data.item];
    case 'CreditAdjudicated':
      return [ADJUDICATION + data.adjudication];
    case 'CreditDecided':
      return [DECIDED + data.decision, BEHIND];
    case 'CreditRevised':
      return [TOLD];
    case 'PaymentsOrdered':
      return [PLACES];
    default:
      return unreachable(event);
  }
}

const keysOf = (prefix: string, keys: readonly string[]): string[] =>
  keys.map((key) => prefix + key);
const ownKey = (item: string): string => (isPaymentItem(item) ? PAYMENT : OWN) + item;
/** Neither topics nor items hold a space. */
const itemKey = (topic: string, item: string): string => `${ITEM}${topic} ${item}`;

function row(state: Customer, key: string): Json | undefined {
  const slash = key.indexOf('/') + 1;
  const kind = slash === 0 ? key : key.slice(0, slash);
  return VALUES[kind]?.(state, key.slice(slash)) as Json | undefined;
}

const VALUES: Readonly<Record<string, (state: Customer, id: string) => unknown>> = {
  [LATEST]: ({ latest }) => latest ?? undefined,
  [TOLD]: ({ told }) => told ?? undefined,
  [BEHIND]: ({ isBehind }) => isBehind || undefined,
  [PLACES]: ({ places, placesRevision: revision }) => ({ places, revision }),
  [OWN]: ({ own }, id) => own.get(id),
  [PAYMENT]: ({ payments }, id) => payments.all.get(id),
  [LEARNED]: ({ learned }, id) => {
    const of = learned.get(id);
    return of && { identifier: of.identifier, isCrowd: of.isCrowd };
  },
  [ITEM]: ({ learned }, id) => {
    const [topic = '', item = ''] = id.split(' ');
    return learned.get(topic)?.items.get(item);
  },
  [TERM]: ({ terms }, id) => terms.get(id),
  [SUBSCRIPTION]: ({ subscriptions }, id) => subscriptions.get(id),
  [ADJUDICATION]: ({ adjudications }, id) => adjudications.get(id),
  [FOLLOWED]: ({ followed }, id) => followed.get(id),
  [DECIDED]: ({ decided }, id) => decided.get(id),
};

function restore(rows: ReadonlyMap<string, Json>): Customer {
  const parts = new Map<string, [string, Json][]>();
  for (const [key, value] of rows) {
    const slash = key.indexOf('/') + 1;
    const kind = slash === 0 ? key : key.slice(0, slash);
    const id = key.slice(slash);
    const part = parts.get(kind);
    if (part) part.push([id, value]);
    else parts.set(kind, [[id, value]]);
  }
  const mapOf = <V>(kind: string) =>
    PersistentMap.of((parts.get(kind) ?? []) as unknown as [string, V][]);
  const places = rows.get(PLACES) as { places: Places; revision: number } | undefined;
  return {
    own: mapOf<EvidenceItem>(OWN),
    payments: paymentsOf(mapOf<PaymentItem>(PAYMENT)),
    learned: learnedFrom(parts.get(LEARNED) ?? [], parts.get(ITEM) ?? []),
    terms: mapOf<readonly Term[]>(TERM),
    subscriptions: mapOf<SubscriptionNote>(SUBSCRIPTION),
    adjudications: mapOf<Adjudicated>(ADJUDICATION),
    followed: mapOf<true>(FOLLOWED),
    decided: mapOf<true>(DECIDED),
    isBehind: rows.has(BEHIND),
    told: (rows.get(TOLD) as unknown as CustomerTold | undefined) ?? null,
    places: places?.places ?? {},
    placesRevision: places?.revision ?? 0,
    latest: (rows.get(LATEST) as Instant | undefined) ?? null,
  };
}

function learnedFrom(
  nodes: readonly [string, Json][],
  items: readonly [string, Json][],
): PersistentMap<Learned> {
  const byTopic = new Map<string, EvidenceItem[]>();
  for (const [id, value] of items) {
    const topic = id.slice(0, id.indexOf(' '));
    const of = byTopic.get(topic);
    const item = value as unknown as EvidenceItem;
    if (of) of.push(item);
    else byTopic.set(topic, [item]);
  }
  return PersistentMap.of(
    nodes.map(([topic, value]) => {
      const { identifier, isCrowd } = value as unknown as Omit<Learned, 'items'>;
      // What was told before it was found to be a crowd may still stand in rows.
      const held = isCrowd ? [] : (byTopic.get(topic) ?? []);
      const items = PersistentMap.of(held.map((item) => [item.item, item] as const));
      return [topic, { identifier, isCrowd, items }] as const;
    }),
  );
}
