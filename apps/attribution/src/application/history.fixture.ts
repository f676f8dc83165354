import { type Instant, type JsonObject, instantOfMs, uuidV5 } from '@tributary/kernel';
import type { EvidenceBody, FactRef, Identifier } from '../domain/evidence';
import type { NotedItem } from '../domain/identifier/items';
import {
  topicOfCoupon,
  topicOfExclusivity,
  topicOfLink,
  topicOfPartner,
  topicOfPolicy,
} from '../domain/topics';
import type { Topic } from '../domain/customer/events';
import type { Arrival } from './network.fixture';

export const day = (n: number): Instant => instantOfMs(Date.UTC(2026, 0, 1) + n * 86_400_000);
export const factOf = (name: string): FactRef => ({
  factId: uuidV5('fact', name),
  hash: `hash ${name}`,
});

export const customerOf = (id: string): Identifier => ({ kind: 'customer', id });
export const visitorOf = (id: string): Identifier => ({ kind: 'visitor', id });

export const itemOf = (name: string, at: Instant, body: EvidenceBody, n = 0): NotedItem => {
  const fact = factOf(name);
  return { item: n === 0 ? fact.factId : `${fact.factId}.${String(n)}`, at, fact, body };
};

export const noteAt = (identifier: Identifier, ...items: readonly NotedItem[]): Arrival =>
  identifier.kind === 'customer'
    ? { type: 'NoteCustomer', customer: identifier.id, items }
    : { type: 'NoteEvidence', identifier, items };

export const touchOf = (partner: string): EvidenceBody => ({
  kind: 'touch',
  type: 'click',
  partner,
  consent: true,
  selfReported: false,
});
export const linkTouch = (link: string): EvidenceBody => ({
  kind: 'touch',
  type: 'click',
  link,
  consent: true,
  selfReported: false,
});

/** As routing does it: both ends hear of it. */
export const linking = (
  name: string,
  at: Instant,
  [one, other]: readonly [Identifier, Identifier],
  linked = true,
): Arrival[] => [
  noteAt(one, itemOf(name, at, { kind: 'link', to: other, linked, basis: 'login' })),
  noteAt(other, itemOf(name, at, { kind: 'link', to: one, linked, basis: 'login' }, 1)),
];

export const signingUp = (
  name: string,
  at: Instant,
  customer: string,
  names: readonly Identifier[] = [],
): Arrival[] => [
  noteAt(
    customerOf(customer),
    itemOf(name, at, { kind: 'signup', programme: 'main', country: 'BR' }),
    ...names.map((to, i) =>
      itemOf(name, at, { kind: 'link', to, linked: true, basis: 'signup' }, i + 1),
    ),
  ),
  ...names.map((to, i) =>
    noteAt(
      to,
      itemOf(
        name,
        at,
        { kind: 'link', to: customerOf(customer), linked: true, basis: 'signup' },
        i + 1,
      ),
    ),
  ),
];

export const paying = (
  customer: string,
  payment: string,
  paidAt: Instant,
  { counts = true, version = 1 }: { counts?: boolean; version?: number } = {},
): Arrival => ({
  type: 'CountPayments',
  customer,
  sale: `sale${payment}`,
  payments: [{ payment, paidAt, counts, version, fact: factOf(`${payment} ${String(version)}`) }],
});

export const takingBack = (name: string, at: Instant, identifier: Identifier): Arrival => {
  const [item, by] = [factOf(name).factId, factOf(`retraction of ${name}`)];
  return identifier.kind === 'customer'
    ? { type: 'WithdrawFromCustomer', customer: identifier.id, item, by, at }
    : { type: 'WithdrawItem', identifier, item, by, at };
};

export const telling = (
  topic: Topic,
  key: string,
  revision: number,
  steps: readonly object[],
): Arrival => ({
  type: 'Tell',
  told: { topic, key, revision, data: { steps } as unknown as JsonObject },
});

/** Active partners, who owns a link, and what else is published. */
export const published = (partners: readonly string[]): Arrival[] => [
  ...partners.map((partner) =>
    telling(topicOfPartner(partner), partner, 1, [{ at: day(-900), value: { status: 'active' } }]),
  ),
  telling(topicOfLink('l1'), 'l1', 1, [
    { at: day(-900), value: { owner: partners[0] ?? null, programme: 'main' } },
  ]),
];

const PARTNERS = ['northwind', 'southwind', 'eastwind'];

/** A random history of a few people, devices and partners, with everything that may be taken back. */
export function randomHistory(draw: () => number): Arrival[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
  const when = () => day(Math.floor(draw() * 60));
  const customers = ['c1', 'c2', 'c3'];
  const visitors = ['v1', 'v2', 'v3'].map(visitorOf);
  const everybody = [...customers.map(customerOf), ...visitors];
  const arrivals = published(PARTNERS);

  for (let i = 0; i < 8; i++) {
    const [name, visitor] = [`touch ${String(i)}`, pick(visitors)];
    const body = draw() < 0.2 ? linkTouch('l1') : touchOf(pick(PARTNERS));
    arrivals.push(noteAt(visitor, itemOf(name, when(), body)));
    if (draw() < 0.2) arrivals.push(takingBack(name, when(), visitor));
  }
  for (const customer of customers) {
    if (draw() < 0.8)
      arrivals.push(...signingUp(`signup ${customer}`, when(), customer, [pick(visitors)]));
    for (let i = 0; i < 3; i++) {
      const [payment, at] = [`${customer}p${String(i)}`, when()];
      arrivals.push(paying(customer, payment, at));
      if (draw() < 0.3) arrivals.push(paying(customer, payment, at, { counts: false, version: 2 }));
    }
  }
  for (let i = 0; i < 4; i++) {
    const [name, one, other] = [`link ${String(i)}`, pick(everybody), pick(everybody)];
    arrivals.push(...linking(name, when(), [one, other], draw() < 0.7));
    if (draw() < 0.2) for (const end of [one, other]) arrivals.push(takingBack(name, when(), end));
  }
  return [...arrivals, ...laterTerms(pick, when)];
}

function laterTerms(pick: <T>(list: readonly T[]) => T, when: () => Instant): Arrival[] {
  const suspended = pick(PARTNERS);
  return [
    telling(topicOfPartner(suspended), suspended, 2, [
      { at: day(-900), value: { status: 'active' } },
      { at: when(), value: { status: 'suspended' } },
    ]),
    telling(topicOfLink('l1'), 'l1', 2, [
      { at: day(-900), value: { owner: PARTNERS[0], programme: 'main' } },
      { at: when(), value: { owner: PARTNERS[1], programme: 'main' } },
    ]),
    telling(topicOfExclusivity('main'), 'a1', 1, [
      {
        at: when(),
        value: {
          partner: 'eastwind',
          status: 'active',
          exclusivity: { territories: ['BR'], verticals: [], clause: '4.2' },
        },
      },
    ]),
    telling(topicOfCoupon('k1'), 'k1', 1, []),
    telling(topicOfPolicy('elsewhere'), 'elsewhere', 1, []),
  ];
}
