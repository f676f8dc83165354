import { type Instant, instant } from '@tributary/kernel';
import type { EvidenceBody, FactRef, Identifier } from '../evidence';
import type { NotedItem } from '../identifier/items';
import type { AdjudicateCredit, CustomerCommand } from './commands';
import { customer } from './decide';
import type { CustomerEvent, CustomerTold } from './events';
import { type Customer, evolve } from './state';

export const JANUARY = instant('2026-01-10T00:00:00Z');
export const MARCH = instant('2026-03-10T00:00:00Z');
export const visitor: Identifier = { kind: 'visitor', id: 'v1' };
const factOf = (factId: string): FactRef => ({ factId, hash: `hash of ${factId}` });
export const pad = (n: number): string => String(n).padStart(2, '0');

/** Days after everybody signed up. */
export function day(n: number): Instant {
  const month = pad(1 + Math.floor((n + 12) / 28));
  return instant(`2026-${month}-${pad(1 + ((n + 12) % 28))}T12:00:00Z`);
}

const item = (fact: string, body: EvidenceBody, n = 0): NotedItem => ({
  item: n === 0 ? fact : `${fact}.${String(n)}`,
  at: JANUARY,
  fact: factOf(fact),
  body,
});

export function touch(fact: string, partner: string): NotedItem {
  const body = { kind: 'touch', type: 'referral', consent: true, selfReported: false } as const;
  return item(fact, { ...body, partner });
}

export const note = (...items: readonly NotedItem[]): CustomerCommand => ({
  type: 'NoteCustomer',
  customer: 'c1',
  items,
});

export function signUp(fact: string, names: readonly Identifier[] = []): CustomerCommand {
  const links = names.map((to, i) =>
    item(fact, { kind: 'link', to, linked: true, basis: 'signup' }, i + 1),
  );
  return note(item(fact, { kind: 'signup', programme: 'main', country: 'BR' }), ...links);
}

export const takeBack = (fact: string): CustomerCommand => ({
  type: 'WithdrawFromCustomer',
  customer: 'c1',
  item: fact,
  by: factOf('retraction'),
  at: MARCH,
});

export const pay = (
  payment: string,
  paidAt: Instant,
  version = 1,
  counts = true,
): CustomerCommand => ({
  type: 'CountPayments',
  customer: 'c1',
  sale: `s${payment}`,
  payments: [{ payment, paidAt, counts, version, fact: factOf(payment) }],
});

export const subscribe = (fact: string): CustomerCommand => ({
  type: 'NoteSubscription',
  customer: 'c1',
  subscription: 'main',
  item: fact,
  fact: factOf(fact),
  change: 'started',
  at: MARCH,
  mrr: '900',
  asset: 'BRL/2',
  interval: 'month',
});

export function learn(version: number) {
  const items = [{ ...touch('f9', 'northwind'), version }];
  return { type: 'LearnEvidence', customer: 'c1', from: visitor, items, crowd: false } as const;
}

export function learnPartner(partner: string, revision = 1) {
  const data = { steps: [{ at: '2025-01-01T00:00:00.000Z', value: { status: 'active' } }] };
  const topic = `partner:${partner}`;
  return { type: 'LearnTerm', customer: 'c1', topic, key: partner, revision, data } as const;
}

export const part = (partner: string, weight: number) => ({ partner, role: 'cosell', weight });

export const adjudicate = (differs: Partial<AdjudicateCredit>): AdjudicateCredit => ({
  type: 'AdjudicateCredit',
  customer: 'c1',
  adjudication: 'a1',
  deal: null,
  from: JANUARY,
  parts: [part('northwind', 6_000), part('southwind', 4_000)],
  reason: 'Both signed the joint plan.',
  evidence: ['f1'],
  note: null,
  by: 'ana',
  at: MARCH,
  ...differs,
});

export const stateAfter = (events: readonly CustomerEvent[]): Customer =>
  events.reduce(evolve, customer.initial);

export function decidedAfter(
  events: readonly CustomerEvent[],
  command: CustomerCommand,
): readonly CustomerEvent[] {
  const decision = customer.decide(command, stateAfter(events));
  if ('rejected' in decision) throw new Error(decision.rejected.code);
  return decision.events;
}

export const decided = (command: CustomerCommand) => decidedAfter([], command);

export function many(
  before: readonly CustomerEvent[],
  count: number,
  command: (i: number) => CustomerCommand,
): readonly CustomerEvent[] {
  let events = before;
  for (let i = 0; i < count; i++) events = [...events, ...decidedAfter(events, command(i))];
  return events;
}

export function toldBy(events: readonly CustomerEvent[]): CustomerTold | undefined {
  const revised = events.findLast(({ type }) => type === 'CreditRevised');
  return revised?.type === 'CreditRevised' ? revised.data : undefined;
}

export const partnersOf = (events: readonly CustomerEvent[]): string[] =>
  (toldBy(events)?.credits.general.at(-1)?.value.parts ?? []).map(({ partner }) => partner);
