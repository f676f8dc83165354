import type { Pay } from './plan';
import { agreed, dues, left, line, noon, plan, terms, tiers, worth } from './window.fixture';
import { paidAt, since, paying, share } from './rules.fixture';

describe('paying by each kind of rule', () => {
  const sold = { quantity: '3' };
  it.each<[string, Pay, number]>([
    ['flat', { kind: 'flat', amount: '1500' }, 1_500],
    ['percent', { kind: 'percent', bp: 2500 }, 25_000],
    ['percent with places', { kind: 'percent', bp: '1234.5' }, 12_345],
    ['per unit', { kind: 'per_unit', amount: '700' }, 2_100],
    ['matrix', { kind: 'matrix', by: 'partner.tier', bp: { certified: 2000 } }, 20_000],
    [
      'M025: matrix of two',
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

  it('M031: percent of what is left after a discount: half of 100.00 is a basis of 50.00', () => {
    const half = { quantity: '1', gross: '10000', discount: '5000' };
    const lines = [line(paidAt, 5_000, half)];
    expect(worth({ plan: paying({ kind: 'percent', bp: 2500 }), lines })).toEqual([1_250]);
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
