import { type LinkData, MAIN_PROGRAMME } from '@tributary/contracts';
import type { Step } from '@tributary/kernel';
import { END_OF_TIME } from '../credit/causes';
import type { CustomerView, ExclusiveAgreement, Origin, Terms } from '../credit/customer-view';
import { type Identity, identityAt, knownOf } from '../credit/known';
import type { EvidenceItem, Identifier } from '../evidence';
import {
  topicOfCoupon,
  topicOfExclusivity,
  topicOfIdentifier,
  topicOfLink,
  topicOfPartner,
  topicOfPolicy,
} from '../topics';
import type { Topic } from './events';
import { firstOf, isPaymentItem } from './payments';
import { everLinked as everReached } from './reach';
import type { Customer, Learned, Term } from './state';

/** No person has so many names at once. Whoever was linked to more is taken by itself, whatever of it comes first. */
export const MOST_REACHED = 1_000;

export const identifierOf = (customer: string): Identifier => ({ kind: 'customer', id: customer });

/** What a customer knows, put together: who it is, and what is known under each of its names. */
export interface Knowledge {
  readonly own: Identifier;
  /** Itself included. */
  readonly everLinked: readonly Identifier[];
  /** Of whoever was ever linked, and of crowds. What else was told counts for nothing. */
  readonly origins: readonly Origin[];
}

export function knowledgeOf(customer: string, state: Customer): Knowledge {
  const own = identifierOf(customer);
  const self = { identifier: own, crowd: false, items: ownItems(state) };
  const told = [self, ...state.learned.entries().map(([, learned]) => originOf(learned))];
  const everLinked = everReached(own, told);
  const heard = everLinked.filter((one) => state.learned.has(topicOfIdentifier(one)));
  if (heard.length > MOST_REACHED) return { own, everLinked: [own], origins: [self] };
  const ids = new Set(everLinked.map(({ id }) => id));
  const origins = told.filter(({ crowd, identifier: { id } }) => crowd || ids.has(id));
  return { own, everLinked, origins };
}

const ownItems = ({ own, payments }: Customer): EvidenceItem[] => [
  ...own.entries().map(([, item]) => item),
  ...payments.first,
];

const originOf = ({ identifier, isCrowd, items }: Learned): Origin => ({
  identifier,
  crowd: isCrowd,
  items: items
    .entries()
    .map(([, item]) => item)
    // That a payment once counted is known to some and not to others, and means nothing any more.
    .filter(({ item, body }) => body.kind !== 'withdrawn' || !isPaymentItem(item)),
});

export const viewOf = ({ own, origins }: Knowledge, state: Customer): CustomerView => ({
  customer: own.id,
  origins,
  adjudications: state.adjudications.entries().map(([, adjudicated]) => adjudicated),
  terms: termsOf(state),
});

function termsOf({ terms }: Customer): Terms {
  // A timeline without steps was told by nobody; what was told has them, as its contract says.
  const stepsOf = <V>(topic: Topic) =>
    (terms.get(topic)?.[0] as { data: { steps: V } } | undefined)?.data.steps;
  return {
    policies: { get: (programme) => stepsOf(topicOfPolicy(programme)) },
    partners: { get: (partner) => stepsOf(topicOfPartner(partner)) },
    links: { get: (link) => stepsOf(topicOfLink(link)) },
    coupons: { get: (coupon) => stepsOf(topicOfCoupon(coupon)) },
    exclusives: { get: (programme) => terms.get(topicOfExclusivity(programme))?.map(agreementOf) },
  };
}

const agreementOf = ({ key, data }: Term): ExclusiveAgreement => ({
  agreement: key,
  steps: data['steps'] as unknown as readonly Step<ExclusiveAgreement['steps'][number]['value']>[],
});

/** The first payments of all customers that are this one. */
export function firstPayments(customer: string, state: Customer): readonly EvidenceItem[] {
  const own = state.payments.first;
  const others = state.learned
    .entries()
    .filter(([, { identifier }]) => identifier.kind === 'customer');
  if (others.length === 0) return own;
  const { customers } = identityOf(knowledgeOf(customer, state), state);
  const paid = others
    .filter(([, { identifier }]) => customers.includes(identifier.id))
    .map(([, learned]) => originOf(learned).items.filter(({ body }) => body.kind === 'payment'));
  return firstOf([own, ...paid]);
}

/** Who it is, by everything that is known now. */
export const identityOf = (knowledge: Knowledge, state: Customer): Identity =>
  identityAt(knownOf(viewOf(knowledge, state)), END_OF_TIME);

/** Everything that bears on this customer, as far as it is not followed yet. */
export function unfollowed(knowledge: Knowledge, state: Customer): Topic[] {
  const { own, everLinked, origins } = knowledge;
  const wanted = new Set(everLinked.map((one) => topicOfIdentifier(one)));
  wanted.delete(topicOfIdentifier(own));
  const programmes = new Set<string>();
  for (const { items } of origins)
    for (const { body } of items) {
      if (body.kind === 'signup') programmes.add(body.programme);
      else addTopicsOf(body, wanted);
    }
  if (programmes.size === 0) programmes.add(MAIN_PROGRAMME);
  for (const programme of programmes) {
    wanted.add(topicOfPolicy(programme));
    wanted.add(topicOfExclusivity(programme));
  }
  for (const topic of [...wanted]) addOwnersOf(topic, state, wanted);
  return [...wanted].filter((topic) => !state.followed.has(topic)).sort();
}

/** Whoever ever owned a link or a coupon speaks for its touches, as long as it was a partner in good standing. */
function addOwnersOf(topic: Topic, { terms }: Customer, topics: Set<Topic>): void {
  if (!topic.startsWith('link:') && !topic.startsWith('coupon:')) return;
  for (const { data } of terms.get(topic) ?? []) {
    const { steps } = data as unknown as Pick<LinkData, 'steps'>;
    for (const { value } of steps)
      if (value.owner !== null) topics.add(topicOfPartner(value.owner));
  }
}

function addTopicsOf(body: EvidenceItem['body'], topics: Set<Topic>): void {
  if (body.kind === 'claim') topics.add(topicOfPartner(body.partner));
  if (body.kind === 'deal')
    for (const { partner } of body.roles) topics.add(topicOfPartner(partner));
  if (body.kind !== 'touch') return;
  if (body.partner !== undefined) topics.add(topicOfPartner(body.partner));
  if (body.link !== undefined) topics.add(topicOfLink(body.link));
  if (body.coupon !== undefined) topics.add(topicOfCoupon(body.coupon));
}
