import {
  type Decider,
  type Decision,
  type Instant,
  instantOfMs,
  nothing,
  unreachable,
} from '@tributary/kernel';
import type { EvidenceItem, Identifier } from '../evidence';
import {
  inChunks,
  isOf,
  latestOf,
  markerOf,
  news,
  noItems,
  noted,
  withdrawn,
} from '../identifier/items';
import { topicOfIdentifier } from '../topics';
import { adjudicate } from './adjudicate';
import type {
  CountPayments,
  CustomerCommand,
  CustomerRejected,
  Heard,
  NoteSubscription,
  ToldTerm,
  WithdrawFromCustomer,
} from './commands';
import { concluding, undecided } from './conclude';
import type { CustomerEvent, Topic } from './events';
import { identifierOf } from './knowledge';
import { paymentItemOf, withPayment } from './payments';
import { customerRows } from './rows';
import { type Customer, evolve, nobody } from './state';

/** A customer's stream: what is known of it first-hand and from elsewhere, and, derived from all of it, who is credited. */
export const customer: Decider<CustomerCommand, CustomerEvent, Customer, CustomerRejected> = {
  initial: nobody,
  decide,
  evolve,
  step: undecided,
  snapshot: customerRows,
  remembersCommands: true,
  mostlyNew: true,
};

function decide(
  command: CustomerCommand,
  state: Customer,
): Decision<CustomerEvent, CustomerRejected> {
  const conclude = (events: readonly CustomerEvent[]) =>
    events.length === 0 ? nothing : { events: concluding(command.customer, state, events) };
  switch (command.type) {
    case 'NoteCustomer':
      return conclude(evidenceNoted(noted(command.items, state.own)));
    case 'CountPayments':
      return conclude(paymentsCounted(command, state));
    case 'NoteSubscription':
      return conclude(subscriptionNoted(command, state));
    case 'WithdrawFromCustomer':
      return conclude(withdrawing(command, state));
    case 'LearnEvidence':
      return conclude(evidenceLearned(command.customer, command, state));
    case 'LearnTerm':
      return conclude(termLearned(command, state));
    case 'LearnKnown':
      return conclude([
        ...command.terms.flatMap((term) => termLearned(term, state)),
        ...command.evidence.flatMap((heard) => evidenceLearned(command.customer, heard, state)),
      ]);
    case 'AdjudicateCredit': {
      const decision = adjudicate(command);
      return 'rejected' in decision ? decision : conclude(decision.events);
    }
    default:
      return unreachable(command);
  }
}

const NO_TOPICS: readonly Topic[] = [];

const evidenceNoted = (items: readonly EvidenceItem[]): CustomerEvent[] =>
  inChunks(items).map((chunk) => ({
    type: 'CustomerEvidenceNoted',
    data: { items: chunk, follows: NO_TOPICS },
    occurredAt: latestOf(chunk) as Instant,
  }));

/** Others are told of the first payments only, of those that move up among them, and of whatever becomes of one they know. */
function paymentsCounted({ sale, payments }: CountPayments, state: Customer): CustomerEvent[] {
  const told = payments.map(({ payment, paidAt, counts, version, fact }): EvidenceItem => ({
    item: paymentItemOf(sale, payment),
    version,
    at: paidAt,
    fact,
    body: counts ? { kind: 'payment', sale, payment } : { kind: 'withdrawn' },
  }));
  const before = state.payments;
  const fresh = told.filter(
    ({ item, version }) => version > (before.all.get(item)?.item.version ?? 0),
  );
  const after = fresh.reduce((all, item) => withPayment(all, item, false), before);
  const first = new Set(after.first);
  const isKnown = (item: EvidenceItem) => after.all.get(item.item)?.isShared === true;
  const shared = fresh.filter((item) => first.has(item) || isKnown(item));
  const movedUp = after.first.filter((item) => !isKnown(item) && !fresh.includes(item));
  const later = fresh.filter((item) => !shared.includes(item));
  return [
    ...evidenceNoted([...shared, ...movedUp]),
    ...inChunks(later).map((chunk): CustomerEvent => ({
      type: 'LaterPaymentsNoted',
      data: { payments: chunk },
      occurredAt: latestOf(chunk) as Instant,
    })),
  ];
}

function subscriptionNoted(command: NoteSubscription, state: Customer): CustomerEvent[] {
  const { subscription, item, fact, change, at, mrr, asset, interval } = command;
  if (state.subscriptions.has(item) || state.own.has(markerOf(fact.factId))) return [];
  const data = { subscription, item, fact, change, at, mrr, asset, interval };
  return [{ type: 'SubscriptionNoted', data, occurredAt: at }];
}

function withdrawing({ item, by, at }: WithdrawFromCustomer, state: Customer): CustomerEvent[] {
  const notes = state.subscriptions
    .entries()
    .map(([, note]) => note)
    .filter((note) => note.change !== 'withdrawn' && isOf(note.item, item));
  return [
    ...evidenceNoted(withdrawn(item, by, at, state.own)),
    ...notes.map((note): CustomerEvent => ({
      type: 'SubscriptionNoted',
      data: { ...note, fact: by, change: 'withdrawn' },
      occurredAt: at,
    })),
  ];
}

function evidenceLearned(
  customer: string,
  { from, items, crowd }: Heard,
  state: Customer,
): CustomerEvent[] {
  const topic = topicOfIdentifier(from);
  const before = state.learned.get(topic);
  if (isSelf(from, customer) || before?.isCrowd === true) return [];
  if (crowd) {
    const data = { from, items: [], crowd: true, follows: NO_TOPICS } as const;
    return [{ type: 'EvidenceLearned', data, occurredAt: latestOf(items) ?? latestIn(state) }];
  }
  return inChunks(news(items, before?.items ?? noItems)).map((chunk): CustomerEvent => ({
    type: 'EvidenceLearned',
    data: { from, items: chunk, follows: NO_TOPICS },
    occurredAt: latestOf(chunk) as Instant,
  }));
}

const isSelf = (from: Identifier, customer: string): boolean =>
  topicOfIdentifier(from) === topicOfIdentifier(identifierOf(customer));

function termLearned({ topic, key, revision, data }: ToldTerm, state: Customer): CustomerEvent[] {
  const before = state.terms.get(topic)?.find((term) => term.key === key);
  if (before && before.revision >= revision) return [];
  const learned = { topic: topic as Topic, key, revision, data, follows: NO_TOPICS };
  return [{ type: 'TermLearned', data: learned, occurredAt: latestIn(state) }];
}

/** Learning has no time of its own in the world: it belongs to what the customer already knows. */
const latestIn = ({ latest }: Customer): Instant => latest ?? instantOfMs(0);
