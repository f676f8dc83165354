import type { EarningsCommand } from './commands';
import {
  Window,
  learned,
  left,
  line,
  noon,
  planOf,
  published,
  revisionsOf,
} from './earnings.fixture';
import { Q1_TERMS, inEveryOrder, percent, releases } from './cases.fixture';

describe('E3: refunds after the payout (M032)', () => {
  const sale = line(
    noon('03-05'),
    100_001,
    {},
    [noon('04-10'), left(66_667)],
    [noon('06-10'), left(0)],
  );
  const months = { '2026-03': 25_000, '2026-04': -8_333, '2026-06': -16_667 };

  it('are taken back to the cent in their months, in every order of the revisions', () => {
    inEveryOrder([...revisionsOf(sale), published()], months, Q1_TERMS);
  });

  it('come out of what was released, and payouts hears of it', () => {
    const [paid, third, all] = revisionsOf(sale) as [
      EarningsCommand,
      EarningsCommand,
      EarningsCommand,
    ];
    const window = Window.after(...Q1_TERMS, published(), paid, releases('03-31'));
    expect([window.held(), window.released()]).toEqual([0, 25_000]);
    window.run(third);
    expect(window.events.slice(-2)).toMatchObject([
      {
        type: 'CommissionPosted',
        data: { amount: '-8333', fromReleased: '8333', takes: [] },
        occurredAt: noon('04-10'),
      },
      { type: 'ReleaseTakenBack', data: { amount: '-8333' } },
    ]);
    window.run(all);
    expect([window.held(), window.released()]).toEqual([0, 0]);
  });
});

describe('E7: a cap with refunds', () => {
  const capped = published(
    planOf([percent('base', 3000)], {
      limits: [{ id: 'cap', scope: 'partner', window: 'calendar_month', max: '1000000' }],
    }),
  );
  const terms = [...Q1_TERMS, capped];

  it('gives back only what is below the cap', () => {
    const sale = line(noon('03-05'), 5_000_000, {}, [noon('03-20'), left(2_500_000)]);
    inEveryOrder(revisionsOf(sale), { '2026-03': 750_000 }, terms);
    const later = line(noon('03-05'), 5_000_000, {}, [noon('04-20'), left(2_500_000)]);
    inEveryOrder(revisionsOf(later), { '2026-03': 1_000_000, '2026-04': -250_000 }, terms);
  });

  it('hands the room that a refund leaves to the other sale', () => {
    const first = line(noon('03-05'), 3_000_000, {}, [noon('04-20'), left(0)]);
    const second = learned(line(noon('03-06'), 2_000_000));
    const orders = [...revisionsOf(first), second];
    inEveryOrder(orders, { '2026-03': 1_000_000, '2026-04': -400_000 }, terms);
    const window = Window.after(...terms, ...orders);
    expect(Object.values(window.books()).sort()).toEqual(['-900000', '100000', '500000', '900000']);
  });
});

describe('E10 and E21: a mixed invoice, a refund by amount, and its failure', () => {
  const mixed = published(
    planOf([
      percent('base', 2500),
      percent('svc', 1000, { priority: 40, when: { 'line.productGroup': 'services' } }),
    ]),
  );
  const suite = line(
    noon('03-05'),
    150_000,
    { sale: 'inv' },
    [noon('04-02'), left(135_000)],
    [noon('05-03'), left(150_000)],
  );
  const services = line(
    noon('03-05'),
    49_900,
    { sale: 'inv', line: 'l2', productGroup: 'services' },
    [noon('04-02'), left(44_910)],
    [noon('05-03'), left(49_900)],
  );

  it('is 37,500 and 4,990, less 3,750 and 499, and those again, in every order', () => {
    const months = { '2026-03': 42_490, '2026-04': -4_249, '2026-05': 4_249 };
    const facts = [...revisionsOf(suite), ...revisionsOf(services)].filter((_, i) => i !== 4);
    inEveryOrder(facts, months, [...Q1_TERMS, mixed]);
    expect(Object.values(Window.after(...Q1_TERMS, mixed, ...facts).books()).sort()).toEqual(
      ['37500', '4990', '-3750', '-499', '3750', '499'].sort(),
    );
  });
});

describe('a payment that turns out to be of another day', () => {
  const plan = published();
  const paid = (day: string, revision: number) =>
    learned(line(noon(day), 100_000, { sale: 's1' }), { revision });
  /** What is held and released after the days given, as of the holds of 14 days that start on the right one. */
  const releasedOn = (window: Window, ...days: readonly string[]) =>
    days.map((day) => {
      window.run(releases(day));
      return [window.held(), window.released()];
    });

  it.each([
    ['02-10', '03-31'],
    ['03-01', '03-31'],
    ['01-31', '02-28'],
  ])('is held as long as one told rightly at once: %s, then %s', (wrong, right) => {
    const told = Window.after(...Q1_TERMS, plan, paid(wrong, 1), paid(right, 2));
    const atOnce = Window.after(...Q1_TERMS, plan, paid(right, 2));
    expect(told.books()).toEqual(atOnce.books());
    const days = [right, '03-31', '04-02', '04-13', '04-15'];
    expect(releasedOn(told, ...days)).toEqual(releasedOn(atOnce, ...days));
    const released = told.events.filter(({ type }) => type === 'CommissionReleased');
    expect(released.map(({ occurredAt }) => occurredAt)).toEqual(
      atOnce.events
        .filter(({ type }) => type === 'CommissionReleased')
        .map(({ occurredAt }) => occurredAt),
    );
  });

  it('is held anew only as far as it is held too short', () => {
    const window = Window.after(...Q1_TERMS, plan, paid('03-01', 1), paid('03-31', 2));
    const amounts = window.events.flatMap(({ type, data }) =>
      type === 'CommissionPosted' ? [data.amount] : [],
    );
    expect(amounts).toEqual(['25000', '25000', '-25000']);
    const { events } = Window.after(...Q1_TERMS, plan, paid('03-31', 1), paid('03-01', 2));
    expect(events.filter(({ type }) => type === 'CommissionPosted')).toHaveLength(1);
  });
});
