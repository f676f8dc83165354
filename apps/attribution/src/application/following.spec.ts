import type { CreditStep } from '../domain/credit/credit';
import type { CustomerTold } from '../domain/customer/events';
import { customerStreamOf } from '../domain/customer/events';
import type { Places } from '../domain/customer/payments';
import { MOST_TOUCHES, identifierStreamOf } from '../domain/identifier/events';
import {
  customerOf,
  day,
  itemOf,
  linking,
  noteAt,
  paying,
  published,
  randomHistory,
  signingUp,
  takingBack,
  touchOf,
  visitorOf,
} from './history.fixture';
import { type Arrival, Network, TENANT, drawing } from './network.fixture';

const seed = Number(process.env['TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const ROUNDS = 40;

/** What matters to sales, whatever the number of the revision. */
const outcomeOf = (network: Network, id: string): { told: object | null; places: Places } => {
  const { told, places } = network.customer(id);
  return { told: told && { ...told, revision: 0 }, places };
};

async function after(
  draw: () => number,
  repeats: number,
  ...waves: readonly (readonly Arrival[])[]
): Promise<Network> {
  const network = new Network(draw, repeats);
  for (const wave of waves) await network.run(wave);
  return network;
}

describe(`facts about people arrive in any order (TEST_SEED=${String(seed)})`, () => {
  it('ends in the same credit and the same places, however they arrive and however often', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const history = randomHistory(drawing(seed + round));
      const calm = await after(drawing(seed + round + 1_000), 0, history);
      const wild = await after(drawing(seed + round + 2_000), 0.15, history);
      for (const id of ['c1', 'c2', 'c3'])
        expect([round, id, outcomeOf(wild, id)]).toEqual([round, id, outcomeOf(calm, id)]);
    }
  });

  it('credits all customers that are one alike', async () => {
    let merged = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const network = await after(drawing(seed + round), 0.1, randomHistory(drawing(seed + round)));
      const told = ['c1', 'c2', 'c3'].flatMap((id) => network.customer(id).told ?? []);
      for (const one of told) {
        const canonical = told.find(({ customer }) => customer === one.canonical) as CustomerTold;
        if (canonical !== one) merged++;
        expect([round, lastShares(one)]).toEqual([round, lastShares(canonical)]);
        expect(canonical.canonical).toBe(canonical.customer);
      }
    }
    expect(merged).toBeGreaterThan(0);
  });
});

const sharesOf = ({ value: { parts, rung } }: CreditStep) => ({ parts, rung });
/** Decisions are named after their customer; what they say is the same. */
const lastShares = ({ credits: { general } }: CustomerTold) => general.slice(-1).map(sharesOf);

describe('two customers turn out to be one', () => {
  const before = [
    ...published(['northwind', 'southwind']),
    noteAt(visitorOf('v1'), itemOf('t1', day(1), touchOf('northwind'))),
    noteAt(visitorOf('v2'), itemOf('t2', day(2), touchOf('southwind'))),
    ...signingUp('s1', day(5), 'c1', [visitorOf('v1')]),
    ...signingUp('s2', day(9), 'c2', [visitorOf('v2')]),
    paying('c1', 'p1', day(20)),
    paying('c2', 'p2', day(10)),
  ];
  const link = linking('same', day(30), [customerOf('c1'), customerOf('c2')]);

  it('makes the oldest the canonical one, credits both by its conversion and orders their payments together', async () => {
    const network = await after(drawing(seed), 0, before, link);
    const [one, other] = ['c1', 'c2'].map((id) => network.customer(id).told as CustomerTold);
    expect([one?.canonical, other?.canonical]).toEqual(['c1', 'c1']);
    expect([one?.signedUpAt, other?.signedUpAt]).toEqual([day(5), day(5)]);
    expect([one?.firstPaidAt, other?.firstPaidAt]).toEqual([day(10), day(10)]);
    expect(lastShares(other as CustomerTold)).toEqual(lastShares(one as CustomerTold));
    expect(Object.values(network.customer('c1').places)).toEqual([
      { sale: 'salep1', payment: 'p1', ordinal: 2 },
    ]);
    expect(Object.values(network.customer('c2').places)).toEqual([
      { sale: 'salep2', payment: 'p2', ordinal: 1 },
    ]);
  });

  it('restores what was when the link is undone, or its fact is taken back', async () => {
    const apart = await after(drawing(seed), 0, before);
    const undone = linking('apart', day(40), [customerOf('c1'), customerOf('c2')], false);
    const unlinked = await after(drawing(seed), 0.1, before, link, undone);
    const retracted = await after(drawing(seed), 0.1, before, link, [
      takingBack('same', day(40), customerOf('c1')),
      takingBack('same', day(40), customerOf('c2')),
    ]);
    for (const id of ['c1', 'c2']) {
      const told = unlinked.customer(id).told as CustomerTold;
      expect(lastShares(told)).toEqual(lastShares(apart.customer(id).told as CustomerTold));
      expect(told.canonical).toBe(id);
      expect(unlinked.customer(id).places).toEqual(apart.customer(id).places);
      expect(outcomeOf(retracted, id)).toEqual(outcomeOf(apart, id));
    }
  });
});

describe('a crowd is linked to a customer', () => {
  const bot = visitorOf('bot');
  const people = [
    ...published(['northwind', 'southwind']),
    ...signingUp('s1', day(50), 'c1', [visitorOf('v1'), bot]),
    ...signingUp('s2', day(51), 'c2', [visitorOf('v2')]),
    noteAt(visitorOf('v1'), itemOf('t1', day(1), touchOf('northwind'))),
    noteAt(visitorOf('v2'), itemOf('t2', day(2), touchOf('southwind'))),
  ];
  const touches = (count: number) =>
    Array.from({ length: count }, (_, i) =>
      noteAt(bot, itemOf(`bot ${String(i)}`, day(i % 40), touchOf('southwind'))),
    );

  it('costs a bounded number of events and a bounded amount of work, and gives nobody credit', async () => {
    const [calm, busy] = [
      await after(drawing(seed), 0, touches(2_000), people),
      await after(drawing(seed), 0, touches(100_000), people),
    ];
    expect(busy.eventsOf(identifierStreamOf(TENANT, bot))).toHaveLength(
      calm.eventsOf(identifierStreamOf(TENANT, bot)).length,
    );
    for (const id of ['c1', 'c2']) {
      const stream = customerStreamOf(TENANT, id);
      expect(busy.evaluated.get(stream)?.items).toBeLessThan(20);
      expect(busy.eventsOf(stream).length).toBeLessThan(30);
      expect(outcomeOf(busy, id)).toEqual(outcomeOf(calm, id));
    }
    const told = busy.customer('c1').told as CustomerTold;
    expect(lastShares(told)[0]?.parts.map(({ partner }) => partner)).toEqual(['northwind']);
  });

  it('takes back what it gave before it was found out', async () => {
    const few = [...people, ...touches(20)];
    const late = await after(drawing(seed), 0, few, touches(MOST_TOUCHES + 5).slice(20));
    const early = await after(drawing(seed), 0, touches(MOST_TOUCHES + 5), few);
    expect(outcomeOf(late, 'c1')).toEqual(outcomeOf(early, 'c1'));
    const events = late.eventsOf(customerStreamOf(TENANT, 'c1'));
    expect(events.length).toBeLessThan(4 * MOST_TOUCHES);
  });
});
