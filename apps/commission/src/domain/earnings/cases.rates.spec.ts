import type { Rule, SchedulePay } from '../../../engines/v1/plan';
import { STARTERS } from '../plan/starters/starters';
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
  planOf,
  programme,
  published,
  revisionsOf,
  tiers,
  windowOf,
} from './earnings.fixture';
import { topicOfMeasures } from './topics';
import { Q2, Q1_TERMS, Q2_TERMS, inEveryOrder, percent, firstPaid } from './cases.fixture';

describe('E1: a recurring share of 25% (M024)', () => {
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

describe('E2: a tier that changes in the middle of the month (M020, M021)', () => {
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

describe('the strategic tier: recurring 30%, and equity considerations', () => {
  it('M022: posts 30% of every payment to the cent by the starter plan, and no cent for equity', () => {
    const since = at('2026-01-01T00:00:00-03:00');
    const starter = STARTERS.find(({ id }) => id === 'tiers');
    const rules = starter?.plan.rules as readonly Rule[];
    const lines = [
      line(noon('01-10'), 1_234_567),
      line(noon('02-10'), 99_999),
      line(noon('03-10'), 5),
    ].map((each) => learned(each));
    const strategic = tiers([[since, since, 'strategic']]);
    // 370,370.1, 29,999.7 and 1.5, each rounded half up.
    const months = { '2026-01': 370_370, '2026-02': 30_000, '2026-03': 2 };
    inEveryOrder([...lines, strategic], months, [...Q1_TERMS, published(planOf(rules))]);

    const window = Window.after(...Q1_TERMS, published(planOf(rules)), strategic, ...lines);
    const posted = window.events.flatMap((event) =>
      event.type === 'CommissionPosted' ? [event.data] : [],
    );
    expect(posted).toHaveLength(lines.length);
    // What is promised besides money is an entitlement: there is no leg but those of the 30%.
    const legs = posted.flatMap(({ entry }) => entry.legs);
    expect(new Set(legs.map(({ account, asset }) => `${account} ${asset}`))).toEqual(
      new Set(['Expenses:Commission BRL/2', 'Liabilities:Commission:Held BRL/2']),
    );
    const expenses = legs
      .filter(({ side }) => side === 'debit')
      .map(({ amount }) => BigInt(amount));
    expect(expenses.reduce((a, b) => a + b)).toBe(400_372n);
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

describe('the longest duration that a plan may name', () => {
  // New York has put its clocks forward a week before this day, in 2016 as in 2026.
  const firstPaidAt = at('2016-03-20T12:00:00-04:00');
  const plan = published(
    planOf([percent('base', 2500, { duration: { months: 120 } })], {
      timezone: 'America/New_York',
    }),
  );

  it.each([
    ['half an hour before the anniversary', '2026-03-20T11:30:00-04:00', { '2026-03': 25_000 }],
    ['at the anniversary', '2026-03-20T12:00:00-04:00', {}],
  ])('is counted by the clocks of its first day, %s', (_when, paidAt, months) => {
    const customer = firstPaid(firstPaidAt);
    const sale = learned(line(at(paidAt), 100_000, { customer }));
    const inNewYork = { ...sale, zone: 'America/New_York' } as EarningsCommand;
    inEveryOrder([inNewYork, plan], months, Q1_TERMS);
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
