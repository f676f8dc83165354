import { compilePlan, calendarOf } from './compile';
import { explain } from './due';
import type { CreditedLine } from './facts';
import { ZERO_REASONS, type ZeroReason, exactOf } from './line-due';
import type { Pay, PlanVersion, Rule } from './plan';
import { recompute } from './recompute';
import {
  LATE,
  type Told,
  agreed,
  counted,
  dues,
  keyOf,
  left,
  line,
  noon,
  partner,
  percent,
  plan,
  terms,
  tiers,
  told,
  worth,
} from './window.fixture';

const paidAt = noon('03-05');
const since = noon('01-01');
const paying = (pay: Pay, more: Partial<Rule> = {}): PlanVersion =>
  plan([{ id: 'base', group: 'base', pay, ...more }]);
const share = (first: number, second: number): Partial<CreditedLine> => ({
  parts: [
    { partner: 'p1', role: 'sourcing', basis: String(first) },
    { partner: 'p2', role: 'closing', basis: String(second) },
  ],
});
const customer = (more: Partial<CreditedLine['customer']>) => ({
  customer: { ...line(paidAt, 1).steps[0]!.value.customer, ...more },
});

describe('paying by each kind of rule', () => {
  const sold = { quantity: '3' };
  it.each<[string, Pay, number]>([
    ['flat', { kind: 'flat', amount: '1500' }, 1_500],
    ['percent', { kind: 'percent', bp: 2500 }, 25_000],
    ['percent with places', { kind: 'percent', bp: '1234.5' }, 12_345],
    ['per unit', { kind: 'per_unit', amount: '700' }, 2_100],
    ['matrix', { kind: 'matrix', by: 'partner.tier', bp: { certified: 2000 } }, 20_000],
    [
      'matrix of two',
      {
        kind: 'matrix',
        by: ['partner.tier', 'customer.type'],
        bp: { certified: { enterprise: 2200, '*': 2000 } },
      },
      22_000,
    ],
    [
      'matrix, anything else',
      { kind: 'matrix', by: 'customer.country', bp: { MX: 1, '*': 500 } },
      5_000,
    ],
    ['split by attribution', { kind: 'split', bp: 2000, by: 'attribution' }, 20_000],
    ['usage share', { kind: 'usage_share', meter: 'api', bp: 1500 }, 15_000],
  ])('%s', (_kind, pay, commission) => {
    const usage = { meter: 'api', quantity: '1' };
    const lines = [line(paidAt, 100_000, { ...sold, usage })];
    const facts = { plan: paying(pay), lines, terms: terms(tiers([since, 'certified'])) };
    expect(worth(facts)).toEqual([commission]);
  });

  it.each<[string, Pay, number]>([
    ['flat', { kind: 'flat', amount: '1000' }, 300],
    ['per unit', { kind: 'per_unit', amount: '1000' }, 900],
  ])('%s: of a share of 60%%, half refunded, 30%% is left', (_kind, pay, commission) => {
    const lines = [
      line(paidAt, 100_000, { ...sold, ...share(60_000, 40_000) }, [
        noon('03-10'),
        { net: '50000', ...share(30_000, 20_000) },
      ]),
    ];
    expect(worth({ plan: paying(pay), lines })).toEqual([commission]);
  });

  it('flat, once per order: its lines share it', () => {
    const order = { sale: 'o1', payment: 'o1p' };
    const lines = [1, 2, 3].map((i) => line(paidAt, 10_000, { ...order, line: `l${i}` }));
    const flat = paying({ kind: 'flat', amount: '1000', per: 'order' });
    expect(worth({ plan: flat, lines })).toEqual([333, 334, 333]);
  });

  it('split by the signed agreement', () => {
    const splits = [
      { partner: 'p2', bp: 5000 },
      { partner: 'p1', bp: 5000 },
    ];
    const agreements = [{ agreement: 'a', steps: [{ at: since, value: agreed({ splits }) }] }];
    const lines = [line(paidAt, 101, share(101, 0))];
    const split = paying({ kind: 'split', bp: 10_000, by: 'agreement' });
    // Of 101 the first named gets the odd unit.
    expect(worth({ plan: split, lines, terms: terms({ agreements }) })).toEqual([50]);
  });

  it('split by the roles of the deal', () => {
    const split = paying({
      kind: 'split',
      bp: 1000,
      by: { roles: { sourcing: 7000, closing: 3000 } },
    });
    expect(worth({ plan: split, lines: [line(paidAt, 100_000, share(50_000, 50_000))] })).toEqual([
      7_000,
    ]);
  });

  it('milestone on credited net, taken back when a refund falls below it', () => {
    const milestone: Pay = {
      kind: 'milestone',
      amount: '70000',
      once: 'calendar_quarter',
      when: { sum: 'credited.net', gte: '250000' },
      approval: true,
    };
    const lines = [
      line(noon('02-01'), 200_000),
      line(paidAt, 100_000, {}, [noon('03-10'), left(40_000)]),
    ];
    const facts = { plan: paying(milestone, { stack: true }), lines };
    const found = (day: string) => dues(facts, noon(day)).find(({ key }) => 'window' in key);
    expect(found('03-06')).toMatchObject({
      rounded: 70_000n,
      paidAt,
      hold: { conditions: ['approval'] },
    });
    expect(found('03-11')).toMatchObject({ rounded: 0n, reason: 'threshold_not_reached' });
  });

  it.each([
    ['below the floor', 1_000, 500],
    ['between', 10_000, 2_500],
    ['above the cap', 100_000, 4_000],
    ['a credit mirrors it', -100_000, -4_000],
    ['given away', 0, 0],
  ])('floor and cap of a line: %s', (_what, net, commission) => {
    const limited = paying({ kind: 'percent', bp: 2500 }, { line: { floor: '500', cap: '4000' } });
    expect(worth({ plan: limited, lines: [line(paidAt, net)] })).toEqual([commission]);
  });

  it('a floor of a month is raised once, and taken back with the last sale', () => {
    const limits = [
      { id: 'min', scope: 'partner', window: 'calendar_month', min: '30000' },
    ] as const;
    const lines = [
      line(noon('03-05'), 40_000, {}, [noon('03-20'), left(0)]),
      line(noon('03-06'), 60_000, {}, [noon('03-21'), left(0)]),
    ];
    const facts = { plan: plan(undefined, { limits }), lines };
    expect(worth(facts, noon('03-07'))).toEqual([30_000, 0]);
    expect(worth(facts, noon('03-20'))).toEqual([0, 30_000]);
    expect(worth(facts, noon('03-22'))).toEqual([0, 0]);
  });

  it('several caps, each kept', () => {
    const limits = [
      { id: 'q', scope: 'partner', window: 'calendar_quarter', max: '25000' },
      { id: 'm', scope: 'partner', window: 'calendar_month', max: '20000' },
    ] as const;
    const lines = [line(noon('02-05'), 100_000), line(noon('03-05'), 100_000)];
    expect(worth({ plan: plan(undefined, { limits }), lines })).toEqual([20_000, 5_000]);
  });

  it('half_even rounds a tie to the even unit, both ways', () => {
    const even = plan(undefined, { rounding: { mode: 'half_even', scope: 'line' } });
    for (const [net, commission] of [
      [10, 2],
      [14, 4],
      [-10, -2],
    ] as const)
      expect(worth({ plan: even, lines: [line(paidAt, net)] })).toEqual([commission]);
  });
});

describe('choosing the rule', () => {
  const facts = (...rules: Rule[]) => ({ plan: plan(rules), lines: [line(paidAt, 100_000)] });
  const chosen = (...rules: Rule[]) => dues(facts(...rules)).map(({ key }) => key.rule);
  const narrow = { when: { 'partner.type': 'agency' } };

  it('the highest priority wins', () => {
    expect(chosen(percent('a', 1, narrow), percent('b', 1, { priority: 1 }))).toEqual(['b']);
  });
  it('then the most specific', () => {
    expect(chosen(percent('a', 1), percent('b', 1, narrow))).toEqual(['b']);
  });
  it('then the first by id, however they are listed', () => {
    expect(chosen(percent('b', 1), percent('a', 1))).toEqual(['a']);
  });
  it('every group has its winner, and what stacks adds', () => {
    expect(
      chosen(
        percent('a', 1),
        percent('b', 1, { group: 'kicker' }),
        percent('c', 1, { stack: true }),
        percent('d', 1, { stack: true }),
      ),
    ).toEqual(['a', 'b', 'c', 'd']);
  });
  it('a rule that is not enabled is not asked', () => {
    expect(chosen(percent('a', 1, { enabled: false }), percent('b', 1))).toEqual(['b']);
  });
  it('a rule whose time is over leaves the line to the next', () => {
    const first = percent('a', 2500, { priority: 1, limit: { firstPayments: 1 } });
    const lines = [line(paidAt, 100_000, { ordinal: 2 })];
    expect(worth({ plan: plan([first, percent('b', 1000)]), lines })).toEqual([10_000]);
  });
});

describe('how long a rule pays', () => {
  it.each([
    ['the first payment', { firstPayments: 1 }, {}, true],
    ['the second of one', { firstPayments: 1 }, { ordinal: 2 }, false],
    ['beyond what is counted', { firstPayments: 36 }, { ordinal: null }, false],
    ['while active', { while: 'customer_active' }, {}, true],
    ['once canceled', { while: 'customer_active' }, customer({ active: false }), false],
    ['once reactivated', { while: 'customer_active' }, customer({ reactivated: true }), false],
    [
      'once reactivated, if the plan says so',
      { while: 'customer_active', resume: true },
      customer({ reactivated: true }),
      true,
    ],
    ['before the end', { until: '2026-03-05T12:00:00.001-03:00' }, {}, true],
    ['at the end', { until: '2026-03-05T12:00:00-03:00' }, {}, false],
    ['months, first payment unknown', { months: 1 }, customer({ firstPaidAt: null }), true],
  ] as const)('%s', (_what, duration, more, pays) => {
    const lines = [line(paidAt, 100_000, more)];
    const [due] = dues({ plan: plan([percent('base', 2500, { duration })]), lines });
    expect(due).toMatchObject(
      pays ? { rounded: 25_000n, reason: null } : { rounded: 0n, reason: 'duration_over' },
    );
  });
});

describe('saying why nothing is due', () => {
  const sale = line(paidAt, 100_000);
  const active = (more: Parameters<typeof agreed>[0]) => ({
    agreements: [{ agreement: 'a', steps: [{ at: since, value: agreed(more) }] }],
  });
  const being = (more: Parameters<typeof partner>[0]) => ({
    partner: [{ at: since, value: partner(more) }],
  });
  const matrix: Pay = { kind: 'matrix', by: 'partner.tier', bp: { certified: 2000 } };
  const bonus: Pay = {
    kind: 'bonus',
    amount: '1',
    once: 'calendar_quarter',
    when: { count: 'lead.accepted', gte: 2 },
  };
  const parent = percent('parent', 0, {
    payee: 'partner.parent',
    stack: true,
    pay: { kind: 'percent', bp: 1000, of: 'child_commission', levels: 1 },
  });
  const CASES: Readonly<Record<ZeroReason, Told>> = {
    outside_window: { lines: [sale], inside: noon('05-01') },
    no_plan: { lines: [sale], versions: [{ at: since, from: noon('03-06'), value: plan() }] },
    no_plan_in_this_currency: { lines: [line(paidAt, 100_000, { asset: 'USD/2' })] },
    not_credited: { lines: [line(paidAt, 100_000, left(100_000, 'p2'))] },
    partner_unknown: { lines: [sale], terms: terms({ partner: [] }) },
    partner_not_active: { lines: [sale], terms: terms(being({ status: 'ended' })) },
    no_agreement: { lines: [sale], terms: terms(active({ status: 'ended' })) },
    not_applicable: {
      lines: [sale],
      plan: plan(undefined, { appliesTo: { partnerTypes: ['si'] } }),
    },
    excluded_product: {
      lines: [sale],
      plan: plan(undefined, {
        basis: { use: 'lines.net', excludeTax: true, excludeProducts: ['suite'] },
      }),
    },
    no_rule: { lines: [sale], plan: plan([percent('si', 1, { when: { 'partner.type': 'si' } })]) },
    duration_over: {
      lines: [line(paidAt, 100_000, { ordinal: 2 })],
      plan: plan([percent('base', 1, { duration: { firstPayments: 1 } })]),
    },
    no_tier: { lines: [sale], plan: paying(matrix) },
    not_in_matrix: { lines: [sale], plan: paying(matrix), terms: terms(tiers([since, 'gold'])) },
    no_split_in_agreement: {
      lines: [sale],
      plan: paying({ kind: 'split', bp: 1, by: 'agreement' }),
    },
    zero_basis: { lines: [line(paidAt, 0)] },
    zero_rate: { lines: [sale], plan: plan([percent('base', 0)]) },
    awaiting_child_posting: {
      inside: paidAt,
      plan: plan([parent]),
      children: [
        {
          partner: 'p2',
          terms: terms(active({ partner: 'p2', parent: 'p1' })),
          lines: [line(paidAt, 1000, left(1000, 'p2'))],
          posted: [],
        },
      ],
    },
    threshold_not_reached: {
      inside: paidAt,
      plan: paying(bonus),
      terms: terms({ measures: [counted('lead.accepted', 'l1', paidAt)] }),
    },
    cap_reached: {
      lines: [line(paidAt, 100_000)],
      plan: plan(undefined, {
        limits: [{ id: 'none', scope: 'partner', window: 'calendar_month', max: '0' }],
      }),
    },
    overridden: {
      lines: [sale],
      overrides: [{ key: keyOf(sale), steps: [{ at: paidAt, value: { amount: '0' } }] }],
    },
    rounds_to_zero: { lines: [line(paidAt, 1)] },
  };

  it.each(ZERO_REASONS)('%s', (reason) => {
    expect(dues(CASES[reason]).map((due) => [due.rounded, due.reason, due.hold])).toEqual([
      [0n, reason, null],
    ]);
  });

  it('says nothing about a sale that is not known yet', () => {
    expect(dues({ lines: [sale] }, noon('03-04'))).toEqual([]);
  });
});

describe('reading terms', () => {
  const sale = line(paidAt, 100_000);

  it('takes the version that was published by then and governs the payment', () => {
    const facts = {
      lines: [sale],
      versions: [
        { at: since, value: plan() },
        {
          at: noon('03-20'),
          from: noon('03-01'),
          value: plan([percent('base', 2000)], { version: 2 }),
        },
        {
          at: noon('03-25'),
          from: noon('03-06'),
          value: plan([percent('base', 1000)], { version: 3 }),
        },
      ],
    };
    expect(worth(facts, noon('03-19'))).toEqual([25_000]);
    expect(worth(facts)).toEqual([20_000]);
    expect(dues(facts)[0]?.plan?.version).toBe(2);
  });

  it('ends a version where it says so', () => {
    const effective = { from: '2026-01-01T00:00:00-03:00', to: '2026-03-05T12:00:00-03:00' };
    expect(dues({ lines: [sale], plan: plan(undefined, { effective }) })[0]?.reason).toBe(
      'no_plan',
    );
  });

  it('holds until the day that the plan says, in the zone of the plan', () => {
    expect(dues({ lines: [sale] })[0]?.hold).toEqual({ until: noon('03-19'), conditions: [] });
    const disputed = line(paidAt, 100_000, { disputed: true });
    expect(dues({ lines: [disputed] })[0]?.hold?.conditions).toEqual(['dispute']);
  });

  it('says how much of the calendar must be told', () => {
    const months = plan([percent('a', 1, { duration: { months: 12 } })]);
    expect(calendarOf(months)).toEqual({ monthsBefore: 12, daysAfter: 14 });
  });
});

describe('explaining a number', () => {
  it('shows every step from the terms to the rounding', () => {
    const sale = line(paidAt, 100_001, { productGroup: 'services' });
    const facts = told({
      lines: [sale],
      plan: plan([percent('base', 2500, { when: { 'line.productGroup': 'services' } })]),
    });
    const trace = explain(facts, LATE, keyOf(sale));
    expect(trace?.steps.map(({ step, result }) => [step, result])).toEqual([
      ['terms', null],
      ['basis', '100001'],
      ['match', 'pays'],
      ['percent', '100001/4'],
      ['round', '25000'],
      ['hold', noon('03-19')],
    ]);
    expect(trace?.steps[2]?.inputs).toEqual({
      rule: 'base',
      group: 'base',
      looksAt: { 'line.productGroup': 'services' },
    });
    expect(trace && exactOf(trace.due).toString()).toBe('100001/4');
    expect(trace && recompute(trace)).toEqual({ rounded: 25_000n, mismatches: [] });
  });

  it('notices a step that does not follow', () => {
    const sale = line(paidAt, 100_000);
    const trace = explain(told({ lines: [sale] }), LATE, keyOf(sale));
    const forged = trace?.steps.map((each) =>
      each.step === 'percent' ? { ...each, result: '25001' } : each,
    );
    expect(recompute({ steps: forged ?? [] }).mismatches).toMatchObject([{ recomputed: '25000' }]);
  });

  it('knows nothing about a key that is not in the answer', () => {
    const sale = line(paidAt, 100_000);
    expect(explain(told({ lines: [sale] }), LATE, keyOf(sale, 'other'))).toBeUndefined();
  });
});

describe('refusing a plan that cannot be computed', () => {
  it.each<[string, unknown]>([
    ['an unknown kind', { kind: 'spiff' }],
    ['a rate below zero', { kind: 'percent', bp: -1 }],
    ['a rate with seven places', { kind: 'percent', bp: '1.1234567' }],
    ['a rate that is no whole number', { kind: 'percent', bp: 0.5 }],
    ['an amount below zero', { kind: 'flat', amount: '-1' }],
    ['a matrix by three fields', { kind: 'matrix', by: ['a', 'b', 'c'], bp: {} }],
    ['a matrix by a set', { kind: 'matrix', by: 'deal.roles', bp: { a: 1 } }],
    ['a matrix without rates', { kind: 'matrix', by: 'partner.tier', bp: {} }],
    [
      'half a matrix of two',
      { kind: 'matrix', by: ['partner.tier', 'line.billing'], bp: { a: 1 } },
    ],
    ['roles that are not a whole', { kind: 'split', bp: 1, by: { roles: { a: 1 } } }],
    ['a threshold of nothing', { kind: 'bonus', amount: '1', when: { count: 'x', gte: 0 } }],
    ['an unknown mode', { kind: 'schedule', mode: 'x', measure: {}, bands: [] }],
    ['no bands', { kind: 'schedule', mode: 'cliff', measure: {}, bands: [] }],
    [
      'bands without an end',
      { kind: 'schedule', mode: 'cliff', measure: {}, bands: [{ bp: 1 }, { bp: 2 }] },
    ],
    [
      'bands that descend',
      {
        kind: 'schedule',
        mode: 'cliff',
        measure: {},
        bands: [{ upTo: '2', bp: 1 }, { upTo: '1', bp: 2 }, { bp: 3 }],
      },
    ],
  ])('%s', (_what, pay) => {
    expect(() => compilePlan(paying(pay as Pay))).toThrow(
      expect.objectContaining({ code: 'invalid_rule' }),
    );
  });

  it.each<[string, Partial<Rule>]>([
    ['no months', { duration: { months: 0 } }],
    ['an unknown duration', { duration: {} as never }],
    ['an unknown wait', { duration: { while: 'x' } as never }],
  ])('%s', (_what, more) => {
    expect(() => compilePlan(plan([percent('a', 1, more)]))).toThrow(
      expect.objectContaining({ code: 'invalid_rule' }),
    );
  });

  it('a schedule of a pool, or for a parent', () => {
    const schedule: Pay = {
      kind: 'schedule',
      mode: 'cliff',
      measure: { sum: 'credited.net', window: 'calendar_quarter' },
      bands: [{ bp: 1 }],
    };
    const rule: Rule = { id: 'a', group: 'a', pay: schedule };
    expect(() => compilePlan(plan([rule], { credit: { split: 'pool' } }))).toThrow('pool');
    expect(() => compilePlan(plan([{ ...rule, payee: 'partner.parent' }]))).toThrow('override');
  });

  it('a limit of somebody else', () => {
    const limits = [{ id: 'x', scope: 'programme', window: 'calendar_month' }] as never;
    expect(() => compilePlan(plan(undefined, { limits }))).toThrow('a limit is of a partner');
  });
});
