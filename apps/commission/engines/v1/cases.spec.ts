import {
  agreed,
  at,
  counted,
  dues,
  keyOf,
  left,
  line,
  noon,
  partner,
  percent,
  plan,
  posted,
  terms,
  tiers,
  told,
  total,
  worth,
} from './window.fixture';
import type { CreditedLine, LineFact } from './facts';
import type { Rule, SchedulePay } from './plan';
import { type Instant, allocate } from '@tributary/kernel';

const AGENCY = percent('agency', 2500, { when: { 'partner.type': 'agency' } });

const BY_TIER: Rule = {
  id: 'tier',
  group: 'base',
  pay: {
    kind: 'matrix',
    by: 'partner.tier@event',
    bp: { certified: 2000, preferred: 2500, strategic: 3000 },
  },
};

const accelerator = (mode: SchedulePay['mode']): Rule => ({
  id: 'accel',
  group: 'base',
  pay: {
    kind: 'schedule',
    mode,
    measure: { sum: 'credited.net', window: 'calendar_quarter' },
    bands: [{ upTo: '5000000', bp: 2000 }, { upTo: '20000000', bp: 2500 }, { bp: 3000 }],
  },
});

describe('E1: a recurring share of 25%', () => {
  it.each([
    ['January', '01-10', 170_910, 42_728],
    ['February', '02-10', 170_910, 42_728],
    ['March, after the upgrade', '03-10', 205_092, 51_273],
  ])('%s', (_month, day, net, commission) => {
    expect(worth({ plan: plan([AGENCY]), lines: [line(noon(day), net)] })).toEqual([commission]);
  });

  it('is 136,729 in the quarter', () => {
    const lines = [
      line(noon('01-10'), 170_910),
      line(noon('02-10'), 170_910),
      line(noon('03-10'), 205_092),
    ];
    expect(total({ plan: plan([AGENCY]), lines })).toBe(136_729n);
  });
});

describe('E2: a tier that changes in the middle of the month', () => {
  const standing = tiers(
    [at('2026-01-01T00:00:00-03:00'), 'certified'],
    [at('2026-03-17T14:00:00-03:00'), 'preferred'],
  );
  const SALES = [
    ['5 March', '2026-03-05T12:00:00-03:00', 234_567, 46_913],
    ['a second before the change', '2026-03-17T13:59:59-03:00', 99_999, 20_000],
    ['the very moment of the change', '2026-03-17T14:00:00-03:00', 123_455, 30_864],
    ['29 March', '2026-03-29T12:00:00-03:00', 78_001, 19_500],
    ['10 March, told on 2 April', '2026-03-10T12:00:00-03:00', 33_333, 6_667],
  ] as const;
  const lines = SALES.map(([, paidAt, net]) => line(at(paidAt), net));

  it.each(SALES)('%s', (_what, paidAt, net, commission) => {
    const facts = { plan: plan([BY_TIER]), terms: terms(standing), lines: [line(at(paidAt), net)] };
    expect(worth(facts)).toEqual([commission]);
  });

  it('is 123,944 in all, in every order of arrival', () => {
    for (const order of permutations(lines))
      expect(total({ plan: plan([BY_TIER]), terms: terms(standing), lines: order })).toBe(123_944n);
  });
});

describe('E3: a refund after the payout, at the level of what is due', () => {
  const sale = line(
    noon('03-05'),
    100_001,
    {},
    [noon('04-10'), left(66_667)],
    [noon('06-10'), left(0)],
  );
  it.each([
    ['paid', '03-06', 25_000],
    ['a third refunded', '04-11', 16_667],
    ['all refunded', '06-11', 0],
  ])('%s', (_what, day, commission) => {
    expect(worth({ lines: [sale] }, noon(day))).toEqual([commission]);
  });
});

describe('E4: a deal of two partners, with odd cents', () => {
  const deal = (weights: readonly number[]): LineFact => {
    const shares = allocate(166_667n, weights.map(BigInt));
    const parts = shares.map((basis, i) => ({
      partner: `p${i + 1}`,
      role: 'co-sell',
      basis: String(basis),
    }));
    return line(noon('03-05'), 166_667, { parts });
  };
  const earnedBy = (id: string, tier: string, of: LineFact, rules: Rule[], split?: 'pool') => {
    const agreements = [
      { agreement: 'a', steps: [{ at: noon('01-01'), value: agreed({ partner: id }) }] },
    ];
    const facts = {
      partner: id,
      plan: plan(rules, split ? { credit: { split } } : {}),
      terms: terms({ agreements, ...tiers([noon('01-01'), tier]) }),
      lines: [of],
    };
    return worth(facts)[0];
  };

  it.each([
    ['A, strategic', 'p1', 'strategic', 30_000],
    ['B, certified', 'p2', 'certified', 13_333],
  ])('the basis split: %s', (_who, id, tier, commission) => {
    expect(earnedBy(id, tier, deal([60, 40]), [BY_TIER])).toBe(commission);
  });

  it.each([
    ['60/40', [60, 40], [20_000, 13_333]],
    ['50/50', [50, 50], [16_667, 16_666]],
    ['40/35/25', [40, 35, 25], [13_333, 11_667, 8_333]],
  ])('the pool split %s', (_weights, weights, commissions) => {
    const earned = weights.map((_, i) =>
      earnedBy(`p${i + 1}`, 'certified', deal(weights), [percent('pool', 2000)], 'pool'),
    );
    expect(earned).toEqual(commissions);
    const bySplit = weights.map((_, i) =>
      earnedBy(`p${i + 1}`, 'certified', deal(weights), [
        { id: 'split', group: 'base', pay: { kind: 'split', bp: 2000, by: 'attribution' } },
      ]),
    );
    expect(bySplit).toEqual(commissions);
  });

  it('re-attributed to A alone, A gains 13,333 and B loses as much', () => {
    const alone: Partial<CreditedLine> = {
      parts: [{ partner: 'p1', role: 'co-sell', basis: '166667' }],
    };
    const decided = noon('03-20');
    const sale = deal([60, 40]);
    const steps = [...sale.steps, { at: decided, value: { ...sale.steps[0]!.value, ...alone } }];
    const after = { ...sale, steps };
    const rules = [percent('pool', 2000)];
    expect(earnedBy('p1', 'certified', after, rules, 'pool')).toBe(20_000 + 13_333);
    expect(earnedBy('p2', 'certified', after, rules, 'pool')).toBe(0);
  });
});

describe('E5: an accelerator', () => {
  const opening = line(noon('04-10'), 4_876_543);
  const sale = (net: number) => line(noon('05-12'), net);

  it('pays 975,309 on the opening alone', () => {
    expect(worth({ plan: plan([accelerator('marginal')]), lines: [opening] })).toEqual([975_309]);
  });

  it.each([
    ['marginal', 500_000, [975_309, 118_827]],
    ['cliff', 500_000, [975_309, 125_000]],
    ['retroactive', 500_000, [975_309 + 243_827, 125_000]],
    ['marginal', 16_000_000, [975_309, 4_037_654]],
  ] as const)('%s, on a sale of %d', (mode, net, commissions) => {
    expect(worth({ plan: plan([accelerator(mode)]), lines: [opening, sale(net)] })).toEqual(
      commissions,
    );
  });

  it('treats the end of a band as part of it', () => {
    const full = [line(noon('04-10'), 5_000_000)];
    expect(worth({ plan: plan([accelerator('cliff')]), lines: full })).toEqual([1_000_000]);
    const over = [line(noon('04-10'), 5_000_001)];
    expect(worth({ plan: plan([accelerator('cliff')]), lines: over })).toEqual([1_250_000]);
  });
});

describe('E7: a cap and a refund', () => {
  const capped = plan([percent('base', 3000)], {
    limits: [{ id: 'cap-m', scope: 'partner', window: 'calendar_month', max: '1000000' }],
  });

  it.each([
    ['paid', '03-06', 1_000_000],
    ['half refunded', '03-11', 750_000],
    ['all refunded', '03-21', 0],
  ])('%s', (_what, day, commission) => {
    const sale = line(
      noon('03-05'),
      5_000_000,
      {},
      [noon('03-10'), left(2_500_000)],
      [noon('03-20'), left(0)],
    );
    expect(worth({ plan: capped, lines: [sale] }, noon(day))).toEqual([commission]);
  });

  it('gives a second sale what the refund of the first leaves', () => {
    const lines = [
      line(noon('03-05'), 3_000_000, {}, [noon('03-20'), left(0)]),
      line(noon('03-06'), 2_000_000),
    ];
    expect(worth({ plan: capped, lines }, noon('03-07'))).toEqual([900_000, 100_000]);
    expect(worth({ plan: capped, lines }, noon('03-21'))).toEqual([0, 600_000]);
  });

  it('starts anew in the next month', () => {
    const lines = [line(noon('02-28'), 5_000_000), line(noon('03-01'), 5_000_000)];
    expect(worth({ plan: capped, lines })).toEqual([1_000_000, 1_000_000]);
  });

  it('names the limit that cut', () => {
    const [due] = dues({ plan: capped, lines: [line(noon('03-05'), 5_000_000)] });
    expect(due).toMatchObject({ limitedBy: 'cap-m', rounded: 1_000_000n });
  });
});

describe('E9: an override', () => {
  const sale = line(noon('03-05'), 170_910, left(170_910, 'child'));
  const since = noon('01-01');
  const childTerms = terms({
    agreements: [
      { agreement: 'c', steps: [{ at: since, value: agreed({ partner: 'child', parent: 'p1' }) }] },
    ],
  });
  const override = (bp: number, of: 'basis' | 'child_commission'): Rule => ({
    id: 'parent',
    group: 'override',
    stack: true,
    payee: 'partner.parent',
    pay: { kind: 'percent', bp, of, levels: 1 },
  });
  const facts = (rule: Rule) => ({
    plan: plan([AGENCY, rule]),
    inside: noon('03-05'),
    children: [
      {
        partner: 'child',
        terms: childTerms,
        lines: [sale],
        posted: [posted(sale, 'agency', noon('03-06'), '42728')],
      },
    ],
  });

  it('pays the agency 42,728', () => {
    expect(
      worth({ partner: 'child', plan: plan([AGENCY]), terms: childTerms, lines: [sale] }),
    ).toEqual([42_728]);
  });

  it('pays the parent 5% of the basis', () => {
    expect(worth(facts(override(500, 'basis')))).toEqual([8_546]);
  });

  it('pays the parent 10% of what the child was posted, once it was', () => {
    const variant = facts(override(1000, 'child_commission'));
    expect(worth(variant)).toEqual([4_273]);
    expect(dues(variant, noon('03-05'))[0]).toMatchObject({
      rounded: 0n,
      reason: 'awaiting_child_posting',
    });
  });

  it('pays nothing to a parent that the agreement no longer names', () => {
    const other = {
      agreement: 'c',
      steps: [{ at: since, value: agreed({ partner: 'child', parent: 'p9' }) }],
    };
    const [child] = facts(override(500, 'basis')).children;
    const children = [{ ...child!, terms: terms({ agreements: [other] }) }];
    expect(dues({ ...facts(override(500, 'basis')), children })[0]).toMatchObject({
      rounded: 0n,
      reason: 'no_agreement',
    });
  });
});

const MIXED = plan([
  percent('base', 2500),
  percent('svc', 1000, { priority: 40, when: { 'line.productGroup': 'services' } }),
]);

describe('E10: an invoice with two kinds of lines', () => {
  it('pays 37,500 and 4,990', () => {
    const invoice = { sale: 'i1', payment: 'i1p' };
    const lines = [
      line(noon('03-05'), 150_000, { ...invoice, line: 'l1' }),
      line(noon('03-05'), 49_900, { ...invoice, line: 'l2', productGroup: 'services' }),
    ];
    expect(worth({ plan: MIXED, lines })).toEqual([37_500, 4_990]);
    expect(total({ plan: MIXED, lines })).toBe(42_490n);
  });
});

describe('E11: twelve months from the first payment', () => {
  const firstPaidAt = at('2026-01-31T10:00:00-03:00');
  it.each([
    ['a second before the anniversary', '2027-01-31T09:59:59-03:00', 25_000, null],
    ['at the anniversary', '2027-01-31T10:00:00-03:00', 0, 'duration_over'],
  ])('%s', (_when, text, commission, reason) => {
    const paidAt = at(text);
    const value = line(paidAt, 100_000).steps[0]!.value;
    const lines = [line(paidAt, 100_000, { customer: { ...value.customer, firstPaidAt } })];
    const facts = { plan: plan([percent('base', 2500, { duration: { months: 12 } })]), lines };
    expect(dues(facts)[0]).toMatchObject({ rounded: BigInt(commission), reason });
  });
});

describe('E14: a share of usage', () => {
  const rule: Rule = {
    id: 'usage',
    group: 'base',
    pay: { kind: 'usage_share', meter: 'api', bp: 1500 },
  };
  const usage = { meter: 'api', quantity: '1000' };
  const report = line(noon('03-31'), 1_234_567, { usage }, [noon('04-03'), left(1_234_575)]);
  it.each([
    ['as first reported', '04-01', 185_185],
    ['after late usage', '04-04', 185_186],
  ])('%s', (_what, day, commission) => {
    expect(worth({ plan: plan([rule]), lines: [report] }, noon(day))).toEqual([commission]);
  });
});

describe('E15: months in any order', () => {
  const lines = [line(noon('04-10'), 4_876_543), line(noon('05-12'), 500_000)];
  const endOf: Readonly<Record<string, Instant>> = {
    April: at('2026-04-30T23:59:59.999-03:00'),
    May: at('2026-05-31T23:59:59.999-03:00'),
  };
  it.each([
    ['April', 975_309n],
    ['May', 975_309n + 368_827n],
  ])('is due at the end of %s, whichever came first', (month, commission) => {
    for (const order of [lines, [...lines].reverse()]) {
      const facts = told({ plan: plan([accelerator('retroactive')]), lines: order });
      expect(total(facts, endOf[month])).toBe(commission);
    }
  });
});

describe('E17: what two persons decided', () => {
  const sale = line(noon('03-05'), 100_000, {}, [noon('05-01'), left(0)]);
  const decided = (amount: string) => ({
    lines: [sale],
    overrides: [{ key: keyOf(sale), steps: [{ at: noon('04-10'), value: { amount } }] }],
  });
  it.each([
    ['before', '0', '04-09', 25_000, null],
    ['decided to be worth nothing', '0', '04-11', 0, 'overridden'],
    ['refunded afterwards', '0', '05-02', 0, 'overridden'],
    ['decided to be worth 20,000', '20000', '04-11', 20_000, null],
    ['and refunded afterwards', '20000', '05-02', 0, 'overridden'],
  ])('%s', (_what, amount, day, commission, reason) => {
    expect(dues(decided(amount), noon(day))).toMatchObject([
      { rounded: BigInt(commission), reason },
    ]);
  });

  it('stays what was decided, where the line grows afterwards', () => {
    const refund = [noon('04-01'), left(50_000)] as const;
    const grown = line(noon('03-05'), 100_000, {}, refund, [noon('05-01'), left(100_000)]);
    const facts = { ...decided('20000'), lines: [grown] };
    expect(total(facts, noon('05-02'))).toBe(20_000n);
  });

  it('stands for every rule of its group', () => {
    const better = percent('other', 2000, { priority: 9 });
    const facts = { ...decided('0'), plan: plan([percent('base', 2500), better]) };
    expect(dues(facts, noon('04-11')).map(({ rounded }) => rounded)).toEqual([0n, 0n]);
  });

  it('stands for every rule, where it was decided while none paid', () => {
    const steps = [{ at: noon('04-10'), value: { amount: '20000' } }];
    const { sale: name, payment, line: id } = sale;
    const overrides = [{ key: { sale: name, payment, line: id, rule: null }, steps }];
    const stacked = percent('more', 500, { stack: true });
    const found = dues(
      { lines: [sale], overrides, plan: plan([percent('base', 2500), stacked]) },
      noon('04-11'),
    );
    expect(found.map(({ key, rounded }) => [key.rule, rounded])).toEqual(
      expect.arrayContaining([
        ['base', 0n],
        ['more', 0n],
        [null, 20_000n],
      ]),
    );
  });
});

describe('E21: a refund by amount', () => {
  const invoice = { sale: 'i1', payment: 'i1p' };
  const [refunded, failed] = [noon('03-10'), noon('03-15')];
  const lines = [
    line(
      noon('03-05'),
      150_000,
      { ...invoice, line: 'l1', tax: '15000' },
      [refunded, { ...left(135_000), tax: '13500' }],
      [failed, { ...left(150_000), tax: '15000' }],
    ),
    line(
      noon('03-05'),
      49_900,
      { ...invoice, line: 'l2', tax: '4990', productGroup: 'services' },
      [refunded, { ...left(44_910), tax: '4491' }],
      [failed, { ...left(49_900), tax: '4990' }],
    ),
  ];
  it.each([
    ['paid', '03-06', [37_500, 4_990]],
    ['refunded: -3,750 and -499', '03-11', [33_750, 4_491]],
    ['the refund failed: +3,750 and +499', '03-16', [37_500, 4_990]],
  ])('%s', (_what, day, commissions) => {
    expect(worth({ plan: MIXED, lines }, noon(day))).toEqual(commissions);
  });
});

describe('M015: the fee of a marketplace', () => {
  const marketplace = { name: 'aws', fee: '3000' };
  const deducting = plan([percent('base', 10_000)], {
    basis: { use: 'lines.net', excludeTax: true, deductMarketplaceFee: true },
  });
  it.each([
    ['deducted', '03-06', 97_000],
    ['given back', '03-11', 100_000],
  ])('%s', (_what, day, basis) => {
    const sale = line(noon('03-05'), 100_000, { marketplace }, [
      noon('03-10'),
      { marketplace: { ...marketplace, fee: '0' } },
    ]);
    expect(worth({ plan: deducting, lines: [sale] }, noon(day))).toEqual([basis]);
  });
});

describe('M030: a bonus for five accepted leads in a quarter', () => {
  const ref5: Rule = {
    id: 'ref5',
    group: 'bonus',
    stack: true,
    pay: {
      kind: 'bonus',
      amount: '500000',
      once: 'calendar_quarter',
      when: { count: 'lead.accepted', gte: 5 },
    },
  };
  const leads = (count: number) =>
    Array.from({ length: count }, (_, i) => counted('lead.accepted', `l${i}`, noon(`02-1${i}`)));
  it.each([
    ['four', 4, 0, 'threshold_not_reached'],
    ['five', 5, 500_000, null],
    ['six', 6, 500_000, null],
  ])('%s', (_what, count, amount, reason) => {
    const facts = {
      plan: plan([ref5]),
      inside: noon('02-10'),
      terms: terms({ measures: leads(count) }),
    };
    expect(dues(facts)).toMatchObject([
      { key: { rule: 'ref5', window: '2026-q1' }, rounded: BigInt(amount), reason },
    ]);
  });
  it('is dated by the lead that reached it', () => {
    const facts = {
      plan: plan([ref5]),
      inside: noon('02-10'),
      terms: terms({ measures: leads(6).reverse() }),
    };
    expect(dues(facts)[0]).toMatchObject({ paidAt: noon('02-14') });
    expect(total(facts, noon('02-13'))).toBe(0n);
  });
});

describe('M074: a suspended partner', () => {
  it('goes on earning, held until the suspension ends', () => {
    const sale = line(noon('03-05'), 100_000);
    const steps = [
      { at: noon('01-01'), value: partner() },
      { at: noon('03-01'), value: partner({ status: 'suspended' }) },
      { at: noon('03-20'), value: partner() },
    ];
    const facts = { lines: [sale], terms: terms({ partner: steps }) };
    const held = (day: string) => dues(facts, noon(day))[0];
    expect(held('03-06')).toMatchObject({ rounded: 25_000n, hold: { conditions: ['suspended'] } });
    expect(held('03-21')).toMatchObject({
      rounded: 25_000n,
      hold: { until: noon('03-19'), conditions: [] },
    });
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}
