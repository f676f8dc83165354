import type { LineCreditedData } from '@tributary/contracts';
import { type JsonObject, allocate } from '@tributary/kernel';
import type { Rule, SchedulePay } from '../../../engines/v1/plan';
import type { EarningsCommand } from './commands';
import {
  WHOLE,
  Window,
  agreed,
  at,
  learned,
  left,
  line,
  noon,
  partnerIs,
  permutations,
  planOf,
  programme,
  published,
  revisionsOf,
  tiers,
  windowOf,
} from './earnings.fixture';
import { topicOfMeasures, topicOfPosted } from './topics';

const Q2 = windowOf('p1', '2026-q2');
const [Q1_TERMS, Q2_TERMS] = [windowOf(), Q2].map((id) => [
  agreed({}, { id }),
  partnerIs(undefined, { id }),
  programme({ id }),
]) as [EarningsCommand[], EarningsCommand[]];

/** The same months in every order of arrival; terms that came before there was a window come again. */
function inEveryOrder(
  commands: readonly EarningsCommand[],
  months: Readonly<Record<string, number>>,
  first: readonly EarningsCommand[] = [],
): void {
  for (const order of permutations(commands))
    expect(Window.after(...first, ...order).months()).toEqual(months);
}

const percent = (id: string, bp: number, more: Partial<Rule> = {}): Rule => ({
  id,
  group: 'base',
  pay: { kind: 'percent', bp },
  ...more,
});

describe('E1: a recurring share of 25%', () => {
  const lines = [
    line(noon('01-10'), 170_910),
    line(noon('02-10'), 170_910),
    line(noon('03-10'), 205_092),
  ].map((each) => learned(each));

  it('is 42,728, 42,728 and 51,273, month by month in every order', () => {
    const months = { '2026-01': 42_728, '2026-02': 42_728, '2026-03': 51_273 };
    inEveryOrder([...lines, published(), agreed()], months, [partnerIs(), programme()]);
  });

  it('is held until its days are over', () => {
    expect(Window.after(...Q1_TERMS, published(), ...lines).held()).toBe(136_729);
  });
});

describe('E2: a tier that changes in the middle of the month', () => {
  const byTier = planOf([
    {
      id: 'tier',
      group: 'base',
      pay: {
        kind: 'matrix',
        by: 'partner.tier@event',
        bp: { certified: 2000, preferred: 2500, strategic: 3000 },
      },
    },
  ]);
  const since = at('2026-01-01T00:00:00-03:00');
  const change = at('2026-03-17T14:00:00-03:00');
  const sales = [
    [at('2026-03-05T12:00:00-03:00'), 234_567],
    [at('2026-03-17T13:59:59-03:00'), 99_999],
    [at('2026-03-17T14:00:00-03:00'), 123_455],
    [at('2026-03-29T12:00:00-03:00'), 78_001],
    [at('2026-03-10T12:00:00-03:00'), 33_333],
  ] as const;
  const lines = sales.map(([paidAt, net]) => learned(line(paidAt, net)));
  const first = tiers([[since, since, 'certified']]);
  const second = tiers(
    [
      [since, since, 'certified'],
      [change, change, 'preferred'],
    ],
    { revision: 2 },
  );

  it('is 123,944 in March whenever each sale and each tier is told', () => {
    const [a, b, c, d, e] = lines as [
      EarningsCommand,
      EarningsCommand,
      EarningsCommand,
      EarningsCommand,
      EarningsCommand,
    ];
    const terms = [...Q1_TERMS, published(byTier)];
    inEveryOrder([a, b, c, first, second], { '2026-03': 97_777 }, terms);
    inEveryOrder([c, d, e, first, second], { '2026-03': 57_031 }, terms);
    expect(Window.after(...terms, ...lines, first, second).months()).toEqual({
      '2026-03': 123_944,
    });
  });

  it('puts what a promotion told in April changes about March into April', () => {
    const told = at('2026-04-20T12:00:00-03:00');
    const late = tiers(
      [
        [since, since, 'certified'],
        [told, change, 'preferred'],
      ],
      { revision: 3 },
    );
    const months = { '2026-03': 24_691, '2026-04': 30_864 - 24_691 };
    const [, , third] = lines as [EarningsCommand, EarningsCommand, EarningsCommand];
    inEveryOrder([third, first, late], months, [...Q1_TERMS, published(byTier)]);
  });
});

describe('E3: refunds after the payout', () => {
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

describe('E4 and E23: a deal of two partners, and one of them alone after the close', () => {
  const shares = (
    weights: readonly bigint[],
  ): LineCreditedData['steps'][number]['value']['parts'] =>
    allocate(166_667n, weights).map((basis, i) => ({
      partner: `p${String(i + 1)}`,
      role: 'cosell',
      basis: String(basis),
    }));
  const deal = line(noon('03-05'), 166_667, { parts: shares([60n, 40n]) }, [
    noon('05-12'),
    { parts: [{ partner: 'p1', role: 'cosell', basis: '166667' }] },
  ]);
  const rate = (bp: number) => published(planOf([percent('base', bp)]));

  it('pays A 30,000 in March, and 20,000 more in May', () => {
    const months = { '2026-03': 30_000, '2026-05': 20_000 };
    inEveryOrder([...revisionsOf(deal), rate(3000), agreed()], months, Q1_TERMS.slice(1));
  });

  it('pays B 13,333 in March, and takes it back in May', () => {
    const id = windowOf('p2');
    const terms = [
      { ...agreed({ partner: 'p2' }), id },
      { ...partnerIs(undefined, { partner: 'p2' }), id },
      { ...programme(), id },
      { ...rate(2000), id },
    ];
    const revisions = revisionsOf(deal).map((each) => ({ ...each, id }));
    const months = { '2026-03': 13_333, '2026-05': -13_333 };
    for (const order of permutations([...revisions, ...terms.slice(2)]))
      expect(Window.after(...terms.slice(0, 2), ...order).months()).toEqual(months);
  });
});

describe('E5 and E15: an accelerator whose lines depend on one another', () => {
  const accelerator = (mode: SchedulePay['mode']) =>
    planOf([
      {
        id: 'accel',
        group: 'base',
        pay: {
          kind: 'schedule',
          mode,
          measure: { sum: 'credited.net', window: 'calendar_quarter' },
          bands: [{ upTo: '5000000', bp: 2000 }, { upTo: '20000000', bp: 2500 }, { bp: 3000 }],
        },
      },
    ]);
  const opening = learned(line(noon('04-10'), 4_876_543));
  const sale = learned(line(noon('05-12'), 500_000));
  const under = (mode: SchedulePay['mode']) => [
    ...Q2_TERMS,
    { ...published(accelerator(mode)), id: Q2 },
  ];

  it.each([
    ['marginal', 118_827],
    ['cliff', 125_000],
    ['retroactive', 368_827],
  ] as const)('%s: April is 975,309 and May %i in both orders', (mode, may) => {
    inEveryOrder([opening, sale], { '2026-04': 975_309, '2026-05': may }, under(mode));
    const [plan, ...rest] = [...under(mode)].reverse();
    inEveryOrder(
      [opening, sale, plan as EarningsCommand],
      { '2026-04': 975_309, '2026-05': may },
      rest,
    );
  });

  it('dates in May what the sale of May changes about the one of April', () => {
    const window = Window.after(...under('retroactive'), opening, sale);
    const changed = window.events.filter(
      (event) => event.type === 'CommissionPosted' && event.data.amount === '243827',
    );
    expect(changed).toMatchObject([
      { occurredAt: noon('05-12'), data: { month: '2026-05', paidAt: noon('04-10') } },
    ]);
  });

  it('takes the same sale of 16,000,000 in slices', () => {
    const large = learned(line(noon('05-12'), 16_000_000));
    inEveryOrder([opening, large], { '2026-04': 975_309, '2026-05': 4_037_654 }, under('marginal'));
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

describe('E9: what the partner above earns', () => {
  const id = windowOf('parent');
  const rules = (of: 'basis' | 'child_commission', bp: number): Rule => ({
    id: 'parent',
    group: 'override',
    stack: true,
    payee: 'partner.parent',
    pay: { kind: 'percent', bp, of, levels: 1 },
  });
  const ofChild = {
    ...learned(line(noon('03-05'), 170_910), { child: 'p1' }),
    id,
  } as EarningsCommand;
  const terms = [
    { ...agreed({ partner: 'parent', plan: null }), id },
    { ...agreed({ parent: 'parent' }), id },
    { ...partnerIs(undefined, { partner: 'parent' }), id },
    { ...partnerIs(), id },
    { ...programme(), id },
  ];

  it('is 5% of the basis: 8,546', () => {
    const plan = { ...published(planOf([WHOLE, rules('basis', 500)])), id };
    const [own, below, ...rest] = terms as [EarningsCommand, EarningsCommand];
    inEveryOrder([ofChild, plan, own, below], { '2026-03': 8_546 }, rest);
  });

  it('is 10% of the commission below: 4,273, whichever is told first', () => {
    const both = published(planOf([WHOLE, rules('child_commission', 1000)]));
    const below = Window.after(...Q1_TERMS, both, learned(line(noon('03-05'), 170_910)));
    const summed = below.events.flatMap((event) =>
      event.type === 'CommissionSummed' ? [event.data] : [],
    );
    expect(summed).toMatchObject([{ steps: [{ at: noon('03-05'), value: { amount: '42728' } }] }]);
    const [posted] = summed as [(typeof summed)[0]];
    const topic = topicOfPosted('p1', `${posted.key.sale} ${posted.key.payment} l1`);
    const told = { topic, key: posted.lineId, revision: 5, data: posted as unknown as JsonObject };
    const learn: EarningsCommand = { type: 'LearnTerm', id, told, at: noon('03-05') };
    inEveryOrder([ofChild, { ...both, id }, learn], { '2026-03': 4_273 }, terms);
  });
});

describe('a bonus for leads', () => {
  const ref5: Rule = {
    id: 'ref5',
    group: 'bonus',
    stack: true,
    pay: {
      kind: 'bonus',
      amount: '500000',
      once: 'calendar_quarter',
      when: { count: 'lead.accepted', gte: 3 },
    },
  };
  const lead = (n: number): EarningsCommand => ({
    type: 'LearnTerm',
    id: windowOf(),
    told: {
      topic: topicOfMeasures('p1'),
      key: `lead.accepted l${String(n)}`,
      revision: 1,
      data: {
        partner: 'p1',
        measure: 'lead.accepted',
        subject: `l${String(n)}`,
        steps: [{ at: noon(`02-0${String(n)}`), value: { count: 1, amount: 0 } }],
      },
    },
    at: noon('02-01'),
  });
  const open: EarningsCommand = {
    type: 'OpenWindow',
    id: windowOf(),
    zone: 'America/Sao_Paulo',
    at: noon('02-01'),
  };

  it('is posted when the third is told, where nothing was sold at all', () => {
    const plan = published(planOf([WHOLE, ref5]));
    inEveryOrder([open, lead(1), lead(2), lead(3), plan], { '2026-02': 500_000 }, Q1_TERMS);
    expect(Window.after(...Q1_TERMS, plan, open, lead(1), lead(2)).months()).toEqual({});
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

describe('E11: a duration of twelve months', () => {
  const plan = published(planOf([percent('base', 2500, { duration: { months: 12 } })]));
  const customer = { ...firstPaid(at('2026-01-31T10:00:00-03:00')) };
  const id = windowOf('p1', '2027-q1');
  const terms = [...Q1_TERMS, plan].map((each) => ({ ...each, id }));

  it.each([
    ['a second before the anniversary', '2027-01-31T09:59:59-03:00', { '2027-01': 25_000 }],
    ['at the anniversary', '2027-01-31T10:00:00-03:00', {}],
  ])('%s', (_when, paidAt, months) => {
    const sale = learned(line(at(paidAt), 100_000, { customer }));
    inEveryOrder([sale, ...terms.slice(2)], months, terms.slice(0, 2));
  });
});

describe('E14: a share of usage', () => {
  const plan = published(
    planOf([{ id: 'use', group: 'base', pay: { kind: 'usage_share', meter: 'calls', bp: 1500 } }]),
  );
  const usage = { usage: { meter: 'calls', quantity: '10' } };
  const report = line(noon('03-31'), 1_234_567, usage, [noon('04-04'), left(1_234_575)]);

  it('is 185,185, and one more for late usage', () => {
    inEveryOrder([...revisionsOf(report), plan], { '2026-03': 185_185, '2026-04': 1 }, Q1_TERMS);
  });
});

function firstPaid(firstPaidAt: LineCreditedData['steps'][number]['at']) {
  return {
    pseudonym: 'c1',
    type: 'enterprise',
    country: 'BR',
    segment: null,
    firstPaidAt,
    active: true,
    reactivated: false,
  };
}

const releases = (day: string, id = windowOf()): EarningsCommand => ({
  type: 'ReleaseHolds',
  id,
  asOf: noon(day),
  by: 'finance',
});
