import {
  type Told,
  at,
  counted,
  dues,
  left,
  line,
  noon,
  partner,
  percent,
  plan,
  terms,
  tiers,
  told,
  total,
  worth,
} from './window.fixture';
import type { BonusPay, Rule } from './plan';
import type { Instant } from '@tributary/kernel';
import { AGENCY, BY_TIER, accelerator, MIXED, permutations } from './cases.fixture';

describe('E1: a recurring share of 25% (M024)', () => {
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

describe('E2: a tier that changes in the middle of the month (M020, M021)', () => {
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

describe('M030: a bonus for five accepted leads in a quarter (M021)', () => {
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

describe('a bonus whose threshold a later version raises', () => {
  const limits = [
    { id: 'cap', scope: 'partner', window: 'calendar_quarter', max: '600000' },
  ] as const;
  const paying = (when: BonusPay['when'], version: number) => {
    const pay = { kind: 'bonus', amount: '500000', once: 'calendar_quarter', when } as const;
    return plan([{ id: 'b', group: 'bonus', stack: true, pay }], { limits, version });
  };
  const raised = (from: BonusPay['when'], to: BonusPay['when']) => [
    { at: noon('01-01'), value: paying(from, 1) },
    { at: noon('02-20'), from: noon('03-01'), value: paying(to, 2) },
  ];
  const sold = (gte: string) => ({ sum: 'credited.net', gte }) as const;
  const bonuses = (facts: Told) => dues(facts).filter(({ key }) => 'window' in key);

  it.each([
    ['the new threshold is not reached', '1000000'],
    ['the new threshold is reached as well', '200000'],
  ])('is paid once, as it was reached first: %s', (_what, gte) => {
    const versions = raised(sold('100000'), sold(gte));
    const lines = [line(noon('01-05'), 100_000), line(noon('03-10'), 100_000)];
    expect(bonuses({ versions, lines })).toMatchObject([
      { rounded: 500_000n, paidAt: noon('01-05'), plan: { version: 1 }, limitedBy: null },
    ]);
  });

  it('says what the newest is short of, where what was reached was refunded', () => {
    const versions = raised(sold('100000'), sold('1000000'));
    const lines = [line(noon('01-05'), 100_000, {}, [noon('01-20'), left(50_000)])];
    expect(bonuses({ versions, lines })).toMatchObject([
      { rounded: 0n, plan: { version: 2 }, reason: 'threshold_not_reached' },
    ]);
  });

  it('is paid under the new one, where the partner was not active when the old one was reached', () => {
    const accepted = (gte: number) => ({ count: 'lead.accepted', gte }) as const;
    const asked = terms({
      partner: [
        { at: noon('01-01'), value: partner({ status: 'ended' }) },
        { at: noon('03-05'), value: partner() },
      ],
      measures: ['01-05', '03-10'].map((day) => counted('lead.accepted', day, noon(day))),
    });
    const versions = raised(accepted(1), accepted(2));
    expect(bonuses({ versions, inside: noon('03-10'), terms: asked })).toMatchObject([
      { rounded: 500_000n, paidAt: noon('03-10'), plan: { version: 2 } },
    ]);
  });
});

describe('a bonus whose threshold a later version lowers below what was sold before', () => {
  const version = (number: number, gte: string | null) => {
    const when = { sum: 'credited.net', gte: gte ?? '1' } as const;
    const pay = { kind: 'bonus', amount: '500000', once: 'calendar_quarter', when } as const;
    const rules = [{ id: 'b', group: 'bonus', stack: true, enabled: gte !== null, pay }];
    return plan(rules, { version: number });
  };
  const versions = (before: string | null, after: string) => [
    { at: noon('01-01'), value: version(1, before) },
    { at: noon('02-20'), from: noon('03-01'), value: version(2, after) },
  ];
  const january = line(noon('01-05'), 100_000);
  const march = line(noon('03-10'), 1);
  const bonuses = (facts: Told) => dues(facts).filter(({ key }) => 'window' in key);

  it.each([
    ['it was higher', '200000'],
    ['there was none', null],
  ])('is paid with the first sale under that version, where before %s', (_what, before) => {
    const facts = { versions: versions(before, '50000'), lines: [january, march] };
    expect(bonuses(facts)).toMatchObject([
      { rounded: 500_000n, paidAt: noon('03-10'), plan: { version: 2 }, reason: null },
    ]);
  });

  it('is not paid for what was sold before that version alone', () => {
    const facts = { versions: versions('200000', '50000'), lines: [january] };
    expect(bonuses(facts)).toMatchObject([{ rounded: 0n, reason: 'threshold_not_reached' }]);
  });

  it('is not paid with what gives back', () => {
    const lines = [january, line(noon('03-10'), -1)];
    expect(bonuses({ versions: versions('200000', '50000'), lines })).toMatchObject([
      { rounded: 0n, reason: 'threshold_not_reached' },
    ]);
  });

  it.each([
    ['brought nothing', 0],
    ['gave back', -5],
  ])('is paid with the next sale that brings something, where one before it %s', (_what, net) => {
    const lines = [january, line(noon('03-05'), net), line(noon('03-10'), 90_000)];
    expect(bonuses({ versions: versions('200000', '50000'), lines })).toMatchObject([
      { rounded: 500_000n, paidAt: noon('03-10'), plan: { version: 2 } },
    ]);
  });

  it('stays that of the old version, where that one was reached as well', () => {
    const facts = { versions: versions('80000', '50000'), lines: [january, march] };
    expect(bonuses(facts)).toMatchObject([{ rounded: 500_000n, paidAt: noon('01-05') }]);
  });

  it('stays refused, where the old one was reached when the partner was not active', () => {
    const asked = terms({
      partner: [
        { at: noon('01-01'), value: partner({ status: 'ended' }) },
        { at: noon('03-05'), value: partner() },
      ],
      measures: ['01-05', '03-10'].map((day) => counted('lead.accepted', day, noon(day))),
    });
    const pay = (gte: number): Rule['pay'] => ({
      kind: 'bonus',
      amount: '500000',
      once: 'calendar_quarter',
      when: { count: 'lead.accepted', gte },
    });
    const counting = [1, 1].map((gte, i) => ({
      at: noon(`0${String(i + 1)}-01`),
      value: plan([{ id: 'b', group: 'bonus', stack: true, pay: pay(gte) }], { version: i + 1 }),
    }));
    expect(bonuses({ versions: counting, inside: noon('03-10'), terms: asked })).toMatchObject([
      { rounded: 0n, plan: { version: 1 }, reason: 'partner_not_active' },
    ]);
  });
});
