import { Readable } from 'node:stream';
import type { Reaction, Told } from '@tributary/feeds';
import { type StreamLog, type StreamName, streamOf } from '@tributary/kernel';
import type { CustomerTold } from '../domain/customer/events';
import type { PaymentCount } from '../domain/sale/events';
import type { SaleCommand } from '../domain/sale/commands';
import { sale } from '../domain/sale/decide';
import {
  CRM,
  SALE,
  after,
  amount,
  day,
  factRef,
  paid,
  refunded,
  tells,
} from '../domain/sale/sale.fixture';
import type { Sale } from '../domain/sale/state';
import {
  countsByCustomer,
  customersTold,
  handedOver,
  learned,
  ordinalsBySale,
  paymentsOrdered,
  refundsNamed,
  salesFollow,
  withTold,
} from './sales';

/** Nothing is sent in these cases: what follows is asked for, not dispatched. */
const BUS = undefined as never;
const AT = day(12);
const SALE_STREAM = streamOf('sale', 'acme', SALE);

describe('what follows from the events of a sale', () => {
  it('tells each customer of its own payments', () => {
    const payments = [count('p1', 'c1', 1), count('p2', 'c2', 2), count('p1', 'c2', 2)];
    expect(countsByCustomer({ sale: SALE, payments })).toMatchObject([
      { customer: 'c1', sale: SALE, payments: [{ payment: 'p1', version: 1 }] },
      { customer: 'c2', sale: SALE, payments: [{ payment: 'p2' }, { payment: 'p1', version: 2 }] },
    ]);
  });

  it('names the invoice of a refund, for whatever names only the refund', async () => {
    const { fact } = refunded('r1', AT, amount(10));
    expect(await followingFrom(refundsNamed(BUS), 'SaleFactTaken', { sale: SALE, fact })).toEqual([
      { type: 'NameInvoice', payment: 'r1', sale: SALE, at: AT },
    ]);
    const payment = paid([]).fact;
    expect(
      await followingFrom(refundsNamed(BUS), 'SaleFactTaken', { sale: SALE, fact: payment }),
    ).toEqual([]);
  });

  it('is registered before it reads what it follows, and is told customers and rankings', async () => {
    const asked: unknown[] = [];
    const topics = {
      follow: (...question: readonly unknown[]) => {
        asked.push(question);
        return Promise.resolve([toldOfCustomer(), toldOfProgramme()]);
      },
    };
    const follows = ['told:c1', 'programme:main'];
    const commands = await followingFrom(salesFollow(BUS, topics), 'SaleFactTaken', {
      sale: SALE,
      follows,
    });
    expect(asked).toEqual([['acme', SALE_STREAM, follows]]);
    expect(commands).toMatchObject([
      { type: 'LearnCustomer', sale: SALE, told: { customer: 'c1', revision: 1 }, at: AT },
      { type: 'LearnRanking', sale: SALE, programme: 'main', revision: 4, sources: [CRM] },
    ]);
  });
});

describe('what others tell a sale', () => {
  it('takes what waited at a payment, and what takes it back', async () => {
    const { fact } = refunded('r1', AT, amount(10));
    const retraction = {
      retracted: { source: fact.source, id: fact.id },
      by: factRef(CRM, 'by'),
      why: 'retracted',
      at: AT,
    };
    const handed = (orphan: object) =>
      followingFrom(handedOver(BUS), 'OrphanHandedOver', { payment: 'p1', sale: SALE, orphan });
    expect(await handed({ fact, supersedes: null })).toEqual([
      { type: 'TakeSaleFact', sale: SALE, fact, supersedes: null },
    ]);
    expect(await handed({ retraction })).toEqual([
      { type: 'RetractSaleFact', sale: SALE, ...retraction },
    ]);
  });

  it('hears of its customer wherever it follows it, and others do not', async () => {
    const tell = () => Promise.resolve([SALE_STREAM, streamOf('customer', 'acme', 'c9')]);
    const { data } = toldOfCustomer();
    expect(
      await followingFrom(customersTold(BUS, { tell }, NOTHING_LATER), 'CreditRevised', data),
    ).toEqual([{ type: 'LearnCustomer', sale: SALE, told: data, at: AT }]);
  });

  it('is not told what a customer of many sales has said anew since', async () => {
    const followers = Array.from({ length: 40 }, (_, i) => streamOf('sale', 'acme', `s${i}`));
    const tell = () => Promise.resolve(followers);
    const { data } = toldOfCustomer();
    const toldTo = async (log: typeof NOTHING_LATER) =>
      await followingFrom(customersTold(BUS, { tell }, log), 'CreditRevised', data);
    expect(await toldTo(NOTHING_LATER)).toHaveLength(40);
    expect(await toldTo(followedBy({ type: 'PaymentsOrdered', data: {} }))).toHaveLength(40);
    expect(await toldTo(followedBy({ type: 'CreditRevised', data }))).toEqual([]);
  });

  it('is not told the places that the next telling says again', async () => {
    const places = (from: number, ordinal: number) =>
      Array.from({ length: 20 }, (_, i) => ({ sale: `s${from + i}`, payment: 'p1', ordinal }));
    const data = { customer: 'c1', revision: 7, payments: places(0, 1) };
    const later = { customer: 'c1', revision: 8, payments: places(1, 2) };
    const toldTo = async (log: typeof NOTHING_LATER) =>
      await followingFrom(paymentsOrdered(BUS, log), 'PaymentsOrdered', data);
    expect(await toldTo(NOTHING_LATER)).toHaveLength(20);
    expect(await toldTo(followedBy({ type: 'PaymentsOrdered', data: later }))).toMatchObject([
      { sale: 's0', revision: 7 },
    ]);
  });

  it('hears of the places of its own payments', () => {
    const payments = [
      { sale: 's1', payment: 'p1', ordinal: 1 },
      { sale: 's2', payment: 'p2', ordinal: 2 },
      { sale: 's1', payment: 'p3', ordinal: null },
    ];
    expect(ordinalsBySale({ customer: 'c1', revision: 7, payments }, AT)).toMatchObject([
      { sale: 's1', revision: 7, payments: [{ payment: 'p1' }, { payment: 'p3', ordinal: null }] },
      { sale: 's2', payments: [{ payment: 'p2', ordinal: 2 }] },
    ]);
  });

  it('has no use for other topics', () => {
    const told: Told = { topic: 'partner:northwind', key: 'northwind', revision: 1, data: {} };
    expect(learned(SALE, told, AT)).toEqual([]);
  });
});

describe('credit and payment meeting in a new sale', () => {
  const STEPS = 3;

  it('never miss each other, in any interleaving of their steps', async () => {
    const schedules = interleavings([STEPS, STEPS, STEPS]);
    expect(schedules).toHaveLength(1_680);
    for (const schedule of schedules) {
      const meeting = new Meeting(after(paid([])).state);
      const sides = [meeting.payment(), meeting.credit(1), meeting.credit(2)];
      for (const side of schedule) await sides[side]?.step();
      expect([schedule.join(''), meeting.learned]).toEqual([schedule.join(''), 2]);
    }
  });

  it('never miss each other where the payment brings what was told', async () => {
    for (const schedule of interleavings([STEPS, STEPS, STEPS])) {
      const meeting = new Meeting(after().state);
      const sides = [meeting.arrival(), meeting.credit(1), meeting.credit(2)];
      for (const side of schedule) await sides[side]?.step();
      expect([schedule.join(''), meeting.learned]).toEqual([schedule.join(''), 2]);
    }
  });
});

/** One side of a meeting: it stands still before everything that it does. */
class Side {
  private resume: () => void = () => undefined;

  readonly turn = (): Promise<void> => new Promise((resolve) => (this.resume = resolve));

  step(): Promise<void> {
    this.resume();
    return new Promise((resolve) => setImmediate(resolve));
  }
}

/** A sale that takes its first payment, or has just taken it, while its customer tells who is credited. */
class Meeting {
  private readonly told = new Map<number, Told>();
  private readonly followers: StreamName[] = [];

  constructor(private state: Sale) {}

  get learned(): number | undefined {
    return this.state.customers['c1']?.revision;
  }

  payment(): Side {
    const side = new Side();
    const topics = { follow: this.following(side) };
    const data = { sale: SALE, follows: ['told:c1'] };
    void this.deliver(side, followingFrom(salesFollow(BUS, topics), 'SaleFactTaken', data));
    return side;
  }

  /** The fact of the payment itself. */
  arrival(): Side {
    const side = new Side();
    void this.deliver(side, withTold(paid([]), 'acme', { follow: this.following(side) }));
    return side;
  }

  private following(side: Side) {
    return async (_tenant: string, stream: StreamName) => {
      await side.turn();
      this.followers.push(stream);
      await side.turn();
      const latest = Math.max(0, ...this.told.keys());
      return [...this.told.values()].filter(({ revision }) => revision === latest);
    };
  }

  credit(revision: number): Side {
    const side = new Side();
    const tell = async (_tenant: string, told: Told) => {
      await side.turn();
      this.told.set(told.revision, told);
      await side.turn();
      return [...this.followers];
    };
    const { told } = tells(undefined, { revision });
    void this.deliver(
      side,
      followingFrom(customersTold(BUS, { tell }, NOTHING_LATER), 'CreditRevised', told),
    );
    return side;
  }

  private async deliver(side: Side, following: Promise<unknown>): Promise<void> {
    const commands = [await following].flat() as SaleCommand[];
    await side.turn();
    for (const command of commands) {
      const decision = sale.decide(command, this.state);
      if ('events' in decision) this.state = decision.events.reduce(sale.evolve, this.state);
    }
  }
}

/** What stands in a stream behind the event that is looked at. */
const followedBy = (...later: readonly object[]): Pick<StreamLog, 'read'> => ({
  read: () => Readable.from(later) as never,
});
const NOTHING_LATER = followedBy();

/** Every order in which so many steps of each side can be taken. */
function interleavings(left: readonly number[]): number[][] {
  if (left.every((steps) => steps === 0)) return [[]];
  return left.flatMap((steps, side) =>
    steps === 0 ? [] : interleavings(left.with(side, steps - 1)).map((rest) => [side, ...rest]),
  );
}

async function followingFrom(of: unknown, type: string, data: object): Promise<unknown> {
  const event = { type, tenant: 'acme', stream: SALE_STREAM, revision: 0n, data, occurredAt: AT };
  return (of as Reaction).on[type]?.(event as never);
}

const count = (payment: string, customer: string, version: number): PaymentCount => ({
  payment,
  customer,
  paidAt: AT,
  counts: true,
  version,
  fact: factRef(CRM, payment),
});

const toldOfCustomer = (): Told & { readonly data: CustomerTold } =>
  ({ topic: 'told:c1', key: 'c1', revision: 1, data: tells().told }) as never;

const toldOfProgramme = (): Told => ({
  topic: 'programme:main',
  key: 'main',
  revision: 4,
  data: { programme: 'main', steps: [{ at: day(1), value: { sources: [CRM] } }] },
});
