import type { CommandBus } from '@nestjs/cqrs';
import type { ProgrammeData } from '@tributary/contracts';
import {
  type Dispatch,
  type FeedEvent,
  type Reaction,
  type Told,
  type Topics,
  reaction,
} from '@tributary/feeds';
import {
  type Instant,
  type StreamLog,
  type StreamName,
  categoryOf,
  idsOf,
} from '@tributary/kernel';
import { Dispatched, dispatchAs } from '@tributary/platform';
import type { CountPayments } from '../domain/customer/commands';
import {
  type CustomerTold,
  type PaymentsOrdered,
  customerStreamOf,
} from '../domain/customer/events';
import type { NameInvoice, PaymentCommand } from '../domain/payment/decide';
import { type OrphanHandedOver, paymentStreamOf } from '../domain/payment/events';
import type {
  LearnCustomer,
  LearnOrdinals,
  LearnRanking,
  SaleCommand,
  TakeSaleFact,
} from '../domain/sale/commands';
import {
  type CustomerLearned,
  type PaymentsCounted,
  type SaleFactTaken,
  saleStreamOf,
} from '../domain/sale/events';
import { topicOfCustomerTold, topicOfProgramme } from '../domain/topics';
import { termTelling } from './following-terms';

export class DecideSale extends Dispatched<SaleCommand> {}
export class DecidePayment extends Dispatched<PaymentCommand> {}

export const streamOfSale = ({ sale }: SaleCommand, tenant: string): StreamName =>
  saleStreamOf(tenant, sale);
export const streamOfPayment = ({ payment }: PaymentCommand, tenant: string): StreamName =>
  paymentStreamOf(tenant, payment);

/** What waited at a payment goes to the invoice that was named. */
export const handedOver = (bus: CommandBus): Reaction =>
  reaction<SaleCommand, { OrphanHandedOver: OrphanHandedOver['data'] }>({
    name: 'orphans_handed_over',
    on: {
      OrphanHandedOver: ({ data: { sale, orphan } }) => [
        'fact' in orphan
          ? { type: 'TakeSaleFact', sale, ...orphan }
          : { type: 'RetractSaleFact', sale, ...orphan.retraction },
      ],
    },
    target: streamOfSale,
    dispatch: dispatchAs(bus, DecideSale),
  });

/** A refund is known to its sale from here on, so that whatever names only the refund finds it. */
export const refundsNamed = (bus: CommandBus): Reaction =>
  reaction<NameInvoice, { SaleFactTaken: SaleFactTaken['data'] }>({
    name: 'refunds_named',
    on: {
      SaleFactTaken: ({ data: { sale, fact } }) =>
        fact.body.kind === 'refunded'
          ? [{ type: 'NameInvoice', payment: fact.body.refund, sale, at: fact.at }]
          : [],
    },
    target: streamOfPayment,
    dispatch: dispatchAs(bus, DecidePayment),
  });

/** Customers put in order what sales count. */
export const paymentsCounted = (dispatch: Dispatch<CountPayments>): Reaction =>
  reaction<CountPayments, { PaymentsCounted: PaymentsCounted['data'] }>({
    name: 'payments_counted',
    on: { PaymentsCounted: ({ data }) => countsByCustomer(data) },
    target: ({ customer }, tenant) => customerStreamOf(tenant, customer),
    dispatch,
  });

export function countsByCustomer({ sale, payments }: PaymentsCounted['data']): CountPayments[] {
  const customers = [...new Set(payments.map(({ customer }) => customer))];
  return customers.map((customer) => ({
    type: 'CountPayments',
    customer,
    sale,
    payments: payments
      .filter((payment) => payment.customer === customer)
      .map(({ customer: _said, ...payment }) => payment),
  }));
}

/** Places in the order of payments, for the sales that they are of. */
export const paymentsOrdered = (bus: CommandBus, log: Pick<StreamLog, 'read'>): Reaction =>
  reaction<LearnOrdinals, { PaymentsOrdered: PaymentsOrdered['data'] }>({
    name: 'payments_ordered',
    on: {
      PaymentsOrdered: async (event) =>
        ordinalsBySale(await withoutOutdated(event, log), event.occurredAt),
    },
    target: streamOfSale,
    dispatch: dispatchAs(bus, DecideSale),
  });

/** Fewer are told at once, without a look at what came later. */
const MANY_PLACES = 8;

/**
 * A history that is sent with its latest payment first moves all places with each payment. What the next telling of this customer
 * says again is left to that one.
 */
async function withoutOutdated(
  event: FeedEvent<string, PaymentsOrdered['data']>,
  log: Pick<StreamLog, 'read'>,
): Promise<PaymentsOrdered['data']> {
  const { data } = event;
  if (data.payments.length <= MANY_PLACES) return data;
  const next = await nextOf<PaymentsOrdered['data']>(event, log);
  if (next === undefined) return data;
  const again = new Set(next.payments.map(({ sale, payment }) => `${sale} ${payment}`));
  const payments = data.payments.filter(({ sale, payment }) => !again.has(`${sale} ${payment}`));
  return { ...data, payments };
}

/** What the next event of this type says in the same stream; undefined where there is none yet. */
async function nextOf<D extends object>(
  { stream, revision, type }: Pick<FeedEvent, 'revision' | 'stream' | 'type'>,
  log: Pick<StreamLog, 'read'>,
): Promise<D | undefined> {
  for await (const later of log.read(stream, revision + 1n))
    if (later.type === type) return later.data as unknown as D;
  return undefined;
}

export function ordinalsBySale(
  { customer, revision, payments }: PaymentsOrdered['data'],
  at: Instant,
): LearnOrdinals[] {
  const bySale = new Map<string, { readonly payment: string; readonly ordinal: number | null }[]>();
  for (const { sale, payment, ordinal } of payments) {
    const own = bySale.get(sale);
    if (own) own.push({ payment, ordinal });
    else bySale.set(sale, [{ payment, ordinal }]);
  }
  return [...bySale].map(([sale, own]) => ({
    type: 'LearnOrdinals',
    sale,
    customer,
    revision,
    payments: own,
    at,
  }));
}

type Following = CustomerLearned['data'] | SaleFactTaken['data'];

/** A sale that has become interested in a customer, or in a ranking: it is registered first, and then told what is known. */
export const salesFollow = (bus: CommandBus, topics: Pick<Topics, 'follow'>): Reaction => {
  const follow = async ({ tenant, stream, data, occurredAt }: FeedEvent<string, Following>) => {
    const told = await topics.follow(tenant, stream, data.follows);
    return told.flatMap((each) => learned(data.sale, each, occurredAt));
  };
  return reaction<
    SaleCommand,
    { CustomerLearned: CustomerLearned['data']; SaleFactTaken: SaleFactTaken['data'] }
  >({
    name: 'sales_follow',
    on: { CustomerLearned: follow, SaleFactTaken: follow },
    target: streamOfSale,
    dispatch: dispatchAs(bus, DecideSale),
  });
};

/** Registered first and then read, as everybody who follows: the sale would ask for it as soon as it has the payment. */
export async function withTold(
  command: TakeSaleFact,
  tenant: string,
  topics: Pick<Topics, 'follow'>,
): Promise<TakeSaleFact> {
  const { body } = command.fact;
  if (body.kind !== 'paid') return command;
  const topic = topicOfCustomerTold(body.customer);
  const [told] = await topics.follow(tenant, streamOfSale(command, tenant), [topic]);
  return told ? { ...command, told: told.data as unknown as CustomerTold } : command;
}

/** What a customer says of itself reaches its sales, those of the past and those that follow it from now on. */
export const customersTold = (
  bus: CommandBus,
  topics: Pick<Topics, 'tell'>,
  log: Pick<StreamLog, 'read'>,
): Reaction<SaleCommand> =>
  termTelling(topics, {
    name: 'customers_told',
    on: {
      CreditRevised: ({ data }) => {
        const { customer, revision } = data as unknown as CustomerTold;
        return [{ topic: topicOfCustomerTold(customer), key: customer, revision, data }];
      },
    },
    learn: learnedBySale,
    target: streamOfSale,
    dispatch: dispatchAs(bus, DecideSale),
    // A customer with thousands of sales may change its mind with every payment that arrives.
    isOutdated: async (event) => (await nextOf(event, log)) !== undefined,
  });

/** How a follower that is a sale is told. */
export const learnedBySale = (
  stream: StreamName,
  told: Told,
  { occurredAt }: Pick<FeedEvent, 'occurredAt'>,
): readonly SaleCommand[] =>
  categoryOf(stream) === 'sale' ? learned(idsOf(stream)[0] as string, told, occurredAt) : [];

/** What was told under a topic, as a sale takes it in; nothing where the topic says nothing to sales. */
export function learned(
  sale: string,
  { topic, key, revision, data }: Told,
  at: Instant,
): readonly (LearnCustomer | LearnRanking)[] {
  if (topic === topicOfCustomerTold(key))
    return [{ type: 'LearnCustomer', sale, told: data as unknown as CustomerTold, at }];
  if (topic !== topicOfProgramme(key)) return [];
  const { programme, steps } = data as unknown as ProgrammeData;
  // Which source is believed is a setting of today: it holds for all sales alike, also for those of the past.
  const sources = steps.at(-1)?.value.sources ?? [];
  return [{ type: 'LearnRanking', sale, programme, revision, sources, at }];
}
