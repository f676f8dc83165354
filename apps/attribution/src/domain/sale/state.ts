import type { LineCreditedData } from '@tributary/contracts';
import type { CustomerTold, Topic } from '../customer/events';
import { type TakenBack, withWord } from '../retraction';
import { topicOfCustomerTold } from '../topics';
import type { FactKey, PaymentCount, SaleEvent, SaleFact } from './events';

export interface TakenFact {
  readonly fact: SaleFact;
  readonly supersedes: FactKey | null;
}

export interface Withdrawn extends FactKey, TakenBack {
  /** Of a fact that superseded one of this sale from another one: what it is known by here. */
  readonly factId?: string;
}

interface Ordinal {
  readonly revision: number;
  readonly ordinal: number | null;
}

interface Ranking {
  readonly revision: number;
  readonly sources: readonly string[];
}

/** Everything that one invoice was ever said to be, and what has been told of it so far. */
export interface Sale {
  readonly sale: string;
  /** In the order of arrival, which decides nothing. */
  readonly taken: readonly TakenFact[];
  /** Of each fact what takes it back: a retraction, and every fact that supersedes it. */
  readonly withdrawn: readonly Withdrawn[];
  readonly customers: Readonly<Record<string, CustomerTold>>;
  /** By payment, then by the customer who said so. */
  readonly ordinals: Readonly<Record<string, Readonly<Record<string, Ordinal>>>>;
  readonly rankings: Readonly<Record<string, Ranking>>;
  readonly followed: readonly Topic[];
  /** What customers were told last, by payment. */
  readonly counted: Readonly<Record<string, PaymentCount>>;
  /** What was told last, by `lineKey`. */
  readonly published: Readonly<Record<string, LineCreditedData>>;
  /** Whether lines are left to be told. */
  readonly isBehind: boolean;
}

export const initialSale: Sale = {
  sale: '',
  taken: [],
  withdrawn: [],
  customers: {},
  ordinals: {},
  rankings: {},
  followed: [],
  counted: {},
  published: {},
  isBehind: false,
};

/** Payments are hexadecimal, so that the first stroke ends the payment whatever a line is called. */
export const lineKey = (payment: string, line: string): string => `${payment}/${line}`;

export const isSameKey = (a: FactKey, b: FactKey): boolean =>
  a.id === b.id && a.source === b.source;

export function evolve(state: Sale, event: SaleEvent): Sale {
  switch (event.type) {
    case 'SaleFactTaken': {
      const { sale, fact, supersedes, follows } = event.data;
      const taken = [...state.taken, { fact, supersedes }];
      return { ...state, sale, taken, followed: joined(state.followed, follows) };
    }
    case 'SaleFactRetracted': {
      const { sale, retracted, factId, by, why } = event.data;
      const others = state.withdrawn.filter((each) => !isSameKey(each, retracted));
      const said: Withdrawn = { ...retracted, by, why, at: event.occurredAt };
      const own = withWord(
        state.withdrawn.filter((each) => isSameKey(each, retracted)),
        factId === undefined ? said : { ...said, factId },
      );
      return { ...state, sale, withdrawn: [...others, ...own] };
    }
    case 'CustomerLearned': {
      const { sale, told, follows } = event.data;
      const customers = { ...state.customers, [told.customer]: told };
      // Only whoever was registered is ever told.
      const own = topicOfCustomerTold(told.customer);
      const registered = state.followed.includes(own) ? follows : [...follows, own];
      return { ...state, sale, customers, followed: joined(state.followed, registered) };
    }
    case 'OrdinalsLearned':
      return {
        ...state,
        sale: event.data.sale,
        ordinals: ordinalsWith(state.ordinals, event.data),
      };
    case 'RankingLearned': {
      const { sale, programme, revision, sources } = event.data;
      const rankings = { ...state.rankings, [programme]: { revision, sources } };
      return { ...state, sale, rankings };
    }
    case 'PaymentsCounted': {
      const counted = { ...state.counted };
      for (const count of event.data.payments) counted[count.payment] = count;
      return { ...state, counted };
    }
    case 'LineCredited': {
      const { payment, line } = event.data;
      const published = { ...state.published, [lineKey(payment, line)]: event.data };
      // The event that says that more lines are left stands behind those that were told.
      return { ...state, published, isBehind: false };
    }
    case 'LinesPostponed':
      return { ...state, isBehind: true };
  }
}

const joined = (followed: readonly Topic[], follows: readonly Topic[]): readonly Topic[] =>
  follows.length === 0 ? followed : [...followed, ...follows];

/** Only news is in the event: what was known under a later revision has been left out of it. */
function ordinalsWith(
  ordinals: Sale['ordinals'],
  { customer, revision, payments }: Extract<SaleEvent, { type: 'OrdinalsLearned' }>['data'],
): Sale['ordinals'] {
  const next = { ...ordinals };
  for (const { payment, ordinal } of payments)
    next[payment] = { ...next[payment], [customer]: { revision, ordinal } };
  return next;
}
