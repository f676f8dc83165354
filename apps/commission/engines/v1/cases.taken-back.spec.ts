import { explain } from './due';
import {
  LATE,
  at,
  dues,
  keyOf,
  left,
  line,
  noon,
  percent,
  plan,
  told,
  total,
  worth,
} from './window.fixture';
import { MIXED } from './cases.fixture';
import type { Pay } from './plan';

describe('E3: a refund after the payout, at the level of what is due (M032)', () => {
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

  const { sale: name, payment, line: id } = sale;
  const keys = ['base', null].map((rule) => ({ sale: name, payment, line: id, rule }));
  const before = at('2025-12-31T12:00:00-03:00');
  const nothing = { ...left(0), parts: [], quantity: '0' };
  it.each([
    ['is of the next quarter', line(noon('04-01'), 100_000, { sale: name }), 'outside_window'],
    ['is of the quarter before', line(before, 100_000, { sale: name }), 'outside_window'],
    ['counts no longer', line(noon('03-05'), 0, { sale: name, ...nothing }), 'not_credited'],
  ])('says nothing of a payment that %s, as is told afterwards', (_what, corrected, reason) => {
    for (const key of keys) {
      const overrides = [{ key, steps: [{ at: noon('04-10'), value: { amount: '20000' } }] }];
      const facts = told({ inside: noon('03-05'), lines: [corrected], overrides });
      expect(dues(facts)).toMatchObject([{ key: { rule: null }, rounded: 0n, reason }]);
      const trace = explain(facts, LATE, { ...key, rule: null });
      expect(trace?.steps.map(({ step }) => step)).not.toContain('override');
    }
  });

  it('stands for what was given away', () => {
    const given = line(noon('03-05'), 0, { sale: sale.sale });
    expect(total({ ...decided('20000'), lines: [given] })).toBe(20_000n);
  });

  it('stands for every rule of its group', () => {
    const better = percent('other', 2000, { priority: 9 });
    const facts = { ...decided('0'), plan: plan([percent('base', 2500), better]) };
    expect(dues(facts, noon('04-11')).map(({ rounded }) => rounded)).toEqual([0n, 0n]);
  });

  it('stands for every rule, where it was decided while none paid', () => {
    const steps = [{ at: noon('04-10'), value: { amount: '20000' } }];
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

describe('a fixed amount for what was refunded on the day that it was paid', () => {
  const [paidAt, failed] = [noon('03-05'), noon('03-15')];
  const order = { sale: 'o1', payment: 'o1p' };
  const sold = (refunded: number, ...later: Parameters<typeof line>[3][]) => [
    line(paidAt, 100_000 - refunded, { ...order, line: 'l1' }, ...later),
    line(paidAt, 100_000, { ...order, line: 'l2' }),
  ];
  const fixed = (pay: Pay) => plan([{ id: 'base', group: 'base', pay }]);

  it.each<[string, Pay, number[]]>([
    ['for each line', { kind: 'flat', amount: '1000' }, [1_000, 1_000]],
    ['for each unit', { kind: 'per_unit', amount: '1000' }, [1_000, 1_000]],
    ['for the order', { kind: 'flat', amount: '1000', per: 'order' }, [500, 500]],
  ])('%s: is paid once where that refund fails', (_what, pay, commissions) => {
    for (const refunded of [40_000, 99_999, 100_000]) {
      const lines = sold(refunded, [failed, left(100_000)]);
      expect(worth({ plan: fixed(pay), lines })).toEqual(commissions);
    }
  });

  it.each<[string, Pay]>([
    ['for each line', { kind: 'flat', amount: '1000' }],
    ['for each unit', { kind: 'per_unit', amount: '1000' }],
    ['for the order', { kind: 'flat', amount: '1000', per: 'order' }],
  ])('%s: nothing is left of a full refund', (_what, pay) => {
    const twice = sold(40_000, [failed, left(0)]);
    for (const lines of [sold(100_000), twice])
      expect(worth({ plan: fixed(pay), lines })[0]).toBe(0);
  });
});
