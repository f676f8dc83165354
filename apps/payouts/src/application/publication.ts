import {
  DISPUTE_DECIDED,
  type DisputeDecidedData,
  PAYOUT_RETURNED,
  PAYOUT_SETTLED,
  type PayoutReturnedData,
  type PayoutSettledData,
  STATEMENT_ISSUED,
  type StatementIssuedData,
} from '@tributary/contracts';
import type { Publication } from '@tributary/feeds';
import type { DisputeDecided, PayoutReturned, PayoutSettled } from '../domain/account/events';
import type { StatementIssued } from '../domain/statement/events';

type Told = DisputeDecided | PayoutReturned | PayoutSettled | StatementIssued;
type Telling = {
  readonly [T in Told['type']]: (data: Extract<Told, { readonly type: T }>['data']) => {
    readonly type: string;
    readonly data: object;
  };
};

const TELLING: Telling = {
  DisputeDecided({ entity: _e, asset: _a, programme: _p, ...decided }) {
    return { type: DISPUTE_DECIDED, data: decided satisfies DisputeDecidedData };
  },
  PayoutReturned({ item, run, partner, entity, asset, gross, net, ...of }) {
    const { bookedOn, reason, bankReference } = of;
    const amounts = { item, run, partner, entity, asset, gross, net };
    const data: PayoutReturnedData = { ...amounts, bookedOn, reason, bankReference };
    return { type: PAYOUT_RETURNED, data };
  },
  PayoutSettled({ item, run, partner, entity, asset, gross, withheld, net, ...of }) {
    const { bookedOn, bankReference } = of;
    const amounts = { item, run, partner, entity, asset, gross, withheld, net };
    const data: PayoutSettledData = { ...amounts, bookedOn, bankReference };
    return { type: PAYOUT_SETTLED, data };
  },
  StatementIssued({ statement, partner, entity, asset, opening, closing, ...of }) {
    const { period, issuedAt, documents } = of;
    const amounts = { statement, partner, entity, asset, month: period.key, opening, closing };
    const data: StatementIssuedData = { ...amounts, issuedAt, documents };
    return { type: STATEMENT_ISSUED, data };
  },
};

/** What partners may know of their money, and what commission has to book. */
export const publication: Publication = {
  owner: 'payouts',
  version: 1,
  types: Object.keys(TELLING),
  publish: ({ type, data }) => {
    const told = TELLING[type as Told['type']](data as never);
    return { type: told.type, data: { ...told.data } };
  },
};
