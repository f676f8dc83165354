import { type Instant, sameSteps } from '@tributary/kernel';
import type { CreditDecision } from '../credit/credit';
import { creditOf } from '../credit/decide-credit';
import type { EvidenceItem } from '../evidence';
import type { CustomerEvent, CustomerTold } from './events';
import { type Knowledge, firstPayments, knowledgeOf, unfollowed, viewOf } from './knowledge';
import { changedPlaces, firstPaidAtOf, isPaymentItem } from './payments';
import { type Customer, evolve } from './state';
import { type Telling, activityIn, isToldAlready, tellingOf } from './told';

/** Well below what one append may hold, because what was noted and told stands beside it. */
const MOST_BYTES_OF_DECISIONS = 300 * 1024;

/** What was noted, and everything that follows from it: one append, so that nobody sees the one without the other. */
export function concluding(
  customer: string,
  before: Customer,
  noted: readonly CustomerEvent[],
): CustomerEvent[] {
  const state = noted.reduce(evolve, before);
  const occurredAt = state.latest as Instant;
  const first = firstPayments(customer, state);
  const events = isDecidedAnew(noted, before, state)
    ? decidedAnew(customer, noted, state, occurredAt, firstPaidAtOf(first))
    : [...noted, ...retold(state, occurredAt, firstPaidAtOf(first))];
  return [...events, ...ordered(customer, state, first, noted, occurredAt)];
}

/** A payment that is not its customer's first, and a subscription, change no credit. */
function isDecidedAnew(
  noted: readonly CustomerEvent[],
  before: Customer,
  { told, payments }: Customer,
): boolean {
  if (told === null) return true;
  const [was, is] = [before.payments.first[0], payments.first[0]];
  if (was?.item !== is?.item || was?.at !== is?.at) return true;
  return noted.some(
    ({ type, data }) =>
      type === 'CreditAdjudicated' ||
      type === 'EvidenceLearned' ||
      type === 'TermLearned' ||
      (type === 'CustomerEvidenceNoted' && data.items.some(({ item }) => !isPaymentItem(item))),
  );
}

function decidedAnew(
  customer: string,
  noted: readonly CustomerEvent[],
  state: Customer,
  occurredAt: Instant,
  firstPaidAt: Instant | null,
): CustomerEvent[] {
  const knowledge = knowledgeOf(customer, state);
  const credit = creditOf(viewOf(knowledge, state));
  const telling = tellingOf(customer, credit, state, firstPaidAt);
  const isTold = state.told !== null && isToldAlready(state.told, telling);
  return [
    ...following(noted, knowledge, state, occurredAt),
    ...decided(credit.decisions, state, occurredAt),
    ...(isTold ? [] : [revised(telling, state, occurredAt)]),
  ];
}

/** Beside a full list of evidence this many fit into one event. */
const MOST_FOLLOWS = 300;

/** Topics that became interesting are named once: by what made them so, and where it has no room for them by themselves. */
function following(
  noted: readonly CustomerEvent[],
  knowledge: Knowledge,
  state: Customer,
  occurredAt: Instant,
): CustomerEvent[] {
  const events = [...noted];
  let left = unfollowed(knowledge, state);
  // A term may fill an event by itself.
  const last = events.findLastIndex(
    ({ type, data }) => type !== 'TermLearned' && 'follows' in data,
  );
  const event = events[last];
  if (event && left.length > 0) {
    const follows = left.slice(0, MOST_FOLLOWS);
    events[last] = { ...event, data: { ...event.data, follows } } as CustomerEvent;
    left = left.slice(MOST_FOLLOWS);
  }
  for (; left.length > 0; left = left.slice(MOST_FOLLOWS)) {
    const data = { items: [], follows: left.slice(0, MOST_FOLLOWS) };
    events.push({ type: 'CustomerEvidenceNoted', data, occurredAt });
  }
  return events;
}

/** Each once. What does not fit into this append follows in steps. */
function decided(
  decisions: readonly CreditDecision[],
  state: Customer,
  occurredAt: Instant,
): CustomerEvent[] {
  const missing = decisions.filter(({ decision }) => !state.decided.has(decision));
  const events: CustomerEvent[] = [];
  let bytes = 0;
  for (const data of missing) {
    if (missing.length > 1) bytes += Buffer.byteLength(JSON.stringify(data));
    if (bytes > MOST_BYTES_OF_DECISIONS && events.length > 0) break;
    events.push({ type: 'CreditDecided', data, occurredAt });
  }
  const left = missing.length - events.length;
  const last = events.at(-1);
  if (last?.type === 'CreditDecided' && left > 0)
    events[events.length - 1] = { ...last, data: { ...last.data, more: true } };
  return events;
}

/** The next decisions that did not fit beside those before them. */
export function undecided(state: Customer): readonly CustomerEvent[] {
  const { told, isBehind, latest } = state;
  if (!isBehind || told === null || latest === null) return [];
  const { decisions } = creditOf(viewOf(knowledgeOf(told.customer, state), state));
  return decided(decisions, state, latest);
}

const revised = (
  telling: Telling,
  { told }: Customer,
  occurredAt: Instant,
): Extract<CustomerEvent, { type: 'CreditRevised' }> => ({
  type: 'CreditRevised',
  data: { ...telling, revision: (told?.revision ?? 0) + 1 },
  occurredAt,
});

/** The credit stands; what else is told may have changed. */
function retold(
  state: Customer,
  occurredAt: Instant,
  firstPaidAt: Instant | null,
): CustomerEvent[] {
  const told = state.told as CustomerTold;
  const activity = activityIn(state);
  const isSame = told.firstPaidAt === firstPaidAt && isSameActivity(told.activity, activity);
  return isSame ? [] : [revised({ ...told, firstPaidAt, activity }, state, occurredAt)];
}

const isSameActivity = (a: CustomerTold['activity'], b: CustomerTold['activity']): boolean =>
  sameSteps({ revision: 1, steps: a }, { revision: 1, steps: b });

function ordered(
  customer: string,
  { payments, places, placesRevision }: Customer,
  first: readonly EvidenceItem[],
  noted: readonly CustomerEvent[],
  occurredAt: Instant,
): CustomerEvent[] {
  const fresh = noted.flatMap(({ type, data }) =>
    type === 'CustomerEvidenceNoted'
      ? data.items.filter(({ item }) => isPaymentItem(item))
      : type === 'LaterPaymentsNoted'
        ? data.payments
        : [],
  );
  const changed = changedPlaces(payments, first, places, fresh);
  if (changed.length === 0) return [];
  const data = { customer, revision: placesRevision + 1, payments: changed };
  return [{ type: 'PaymentsOrdered', data, occurredAt }];
}
