import {
  type NaiveHistory,
  type NaiveLine,
  type NaiveLineValue,
  type NaivePlan,
  type NaiveRule,
  naiveDue,
  naiveMonths,
} from './naive-commission';

const LATE = '2027-12-31T00:00:00.000Z';
const SIGNED = '2025-01-01T03:00:00.000Z';

describe('the naive arithmetic, by the cases of the plan language', () => {
  it('E1: rounds half away from zero', () => {
    const lines = [170_910, 170_910, 205_092].map((net, i) => line(noon(`0${i + 1}-10`), net));
    expect(worths({ rules: [percent(2500)], lines })).toEqual([42_728, 42_728, 51_273]);
    const halfEven = { rounding: { mode: 'half_even' } };
    expect(
      worths({ rules: [percent(2500)], lines: [line(noon('01-10'), 10)], ...halfEven }),
    ).toEqual([2]);
  });

  it('E2: pays by the tier at the sale, to the second', () => {
    const since = '2026-03-17T17:00:00.000Z';
    const tiers = [
      { at: SIGNED, value: { applied: 'certified' } },
      { at: since, value: { applied: 'preferred' } },
    ];
    const lines = [
      line(noon('03-05'), 234_567),
      line('2026-03-17T16:59:59.000Z', 99_999),
      line(since, 123_455),
      line(noon('03-29'), 78_001),
      line(noon('03-10'), 33_333),
    ];
    const bp = { certified: 2000, preferred: 2500, strategic: 3000 };
    const rules = [rule({ kind: 'matrix', by: 'partner.tier@event', bp })];
    const due = worths({ rules, lines, tiers });
    expect(due.sort((a, b) => a - b)).toEqual([6_667, 19_500, 20_000, 30_864, 46_913]);
  });

  it('E3: gives back what the refund leaves, to zero', () => {
    const sale = line(noon('03-05'), 100_001, [noon('03-20'), 66_667], [noon('04-02'), 0]);
    const history = told({ rules: [percent(2500)], lines: [sale] });
    const ends = [noon('03-06'), noon('03-31'), noon('04-30')];
    const entries = naiveMonths(history, ends).map((books) => [...books.values()]);
    expect(entries).toEqual([[25_000n], [-8_333n], [-16_667n]]);
  });

  it('E4: shares the basis, or a pool that was rounded first', () => {
    const deal = line(noon('03-05'), 166_667);
    const parts = (of: readonly number[]) =>
      of.map((basis, i) => ({ partner: `p${i + 1}`, basis: String(basis) }));
    const of = (p: string, shares: readonly number[], bp: number, split: string, net = 166_667) => {
      const [step] = deal.steps;
      const value = { ...(step?.value as NaiveLineValue), net: String(net), parts: parts(shares) };
      const lines = [{ ...deal, steps: [{ at: noon('03-05'), value }] }];
      return worths({ rules: [percent(bp)], lines, partner: p, credit: { split } })[0];
    };
    expect(of('p1', [100_000, 66_667], 3000, 'basis')).toBe(30_000);
    expect(of('p2', [100_000, 66_667], 2000, 'basis')).toBe(13_333);
    expect(['p1', 'p2'].map((p) => of(p, [100_000, 66_667], 2000, 'pool'))).toEqual([
      20_000, 13_333,
    ]);
    expect(['p1', 'p2'].map((p) => of(p, [1, 1], 5000, 'pool', 66_666))).toEqual([16_667, 16_666]);
  });

  it.each([
    ['marginal', 500_000, 118_827],
    ['cliff', 500_000, 125_000],
    ['retroactive', 500_000, 368_827],
    ['marginal', 16_000_000, 4_037_654],
  ])('E5: a %s schedule on a further %i adds %i', (mode, net, added) => {
    const bands = [{ upTo: '5000000', bp: 2000 }, { upTo: '20000000', bp: 2500 }, { bp: 3000 }];
    const rules = [
      rule({ kind: 'schedule', mode, measure: { window: 'calendar_quarter' }, bands }),
    ];
    const opening = line(noon('01-10'), 4_876_543);
    const both = worths({ rules, lines: [opening, line(noon('02-12'), net)] });
    expect(both.reduce((sum, each) => sum + each, 0)).toBe(975_309 + added);
  });

  it('E7: a cap gives back what was above it', () => {
    const capped = (...lines: NaiveLine[]) =>
      worths({
        rules: [percent(3000)],
        limits: [{ id: 'c', window: 'calendar_month', max: '1000000' }],
        lines,
      });
    expect(capped(line(noon('03-02'), 5_000_000))).toEqual([1_000_000]);
    expect(capped(line(noon('03-02'), 5_000_000, [noon('03-09'), 2_500_000]))).toEqual([750_000]);
    const second = line(noon('03-03'), 2_000_000);
    expect(capped(line(noon('03-02'), 3_000_000), second)).toEqual([900_000, 100_000]);
    expect(capped(line(noon('03-02'), 3_000_000, [noon('03-09'), 0]), second)).toEqual([
      0, 600_000,
    ]);
  });

  it('E10: one rule of a group wins, and others stack', () => {
    const [first] = line(noon('03-05'), 49_900).steps;
    const value = { ...(first?.value as NaiveLineValue), productGroup: 'services' };
    const services = { ...line(noon('03-05'), 49_900), steps: [{ at: noon('03-05'), value }] };
    const rules: NaiveRule[] = [
      percent(2500),
      { ...percent(1000), id: 'svc', priority: 40, when: { 'line.productGroup': 'services' } },
      { ...percent(100), id: 'kicker', stack: true },
    ];
    expect(worths({ rules, lines: [services] })).toEqual([499, 4_990]);
  });

  it('E11: lasts until the very moment of the anniversary', () => {
    const paid = (paidAt: string, months = 12) => {
      const year = { from: '2027-01-01T03:00:00.000Z', until: '2027-04-01T03:00:00.000Z' };
      const rules = [{ ...percent(1000), duration: { months } }];
      return worths({ rules, lines: [line(paidAt, 100_000)], window: year })[0];
    };
    expect(paid('2027-01-31T12:59:59.000Z')).toBe(10_000);
    expect(paid('2027-01-31T13:00:00.000Z')).toBeUndefined();
    expect(paid('2027-02-28T12:59:59.000Z', 13)).toBe(10_000);
    expect(paid('2027-02-28T13:00:00.000Z', 13)).toBeUndefined();
  });

  it('M015: deducts the fee of a marketplace', () => {
    const [first] = line(noon('03-05'), 100_000).steps;
    const value = { ...(first?.value as NaiveLineValue), marketplace: { fee: '3000' } };
    const lines = [{ ...line(noon('03-05'), 100_000), steps: [{ at: noon('03-05'), value }] }];
    expect(
      worths({ rules: [percent(10_000)], lines, basis: { deductMarketplaceFee: true } }),
    ).toEqual([97_000]);
  });
});

function noon(day: string): string {
  return `2026-${day}T15:00:00.000Z`;
}

const rule = (pay: NaiveRule['pay']): NaiveRule => ({ id: 'base', group: 'base', pay });
const percent = (bp: number): NaiveRule => rule({ kind: 'percent', bp });

function line(
  paidAt: string,
  net: number,
  ...refunds: readonly (readonly [at: string, left: number])[]
): NaiveLine {
  const customer = { type: null, country: 'BR', active: true, reactivated: false };
  const value = (left: number): NaiveLineValue => ({
    parts: [{ partner: 'p1', basis: String(left) }],
    net: String(left),
    asset: 'BRL/2',
    product: 'suite',
    productGroup: null,
    quantity: '1',
    billing: null,
    marketplace: null,
    paidAt,
    ordinal: 1,
    customer: { ...customer, firstPaidAt: '2026-01-31T13:00:00.000Z' },
  });
  const steps = [[paidAt, net] as const, ...refunds];
  return {
    sale: 's',
    payment: `p${paidAt}`,
    line: 'l',
    factId: `f${paidAt}`,
    steps: steps.map(([at, left]) => ({ at, value: value(left) })),
  };
}

interface Told extends Partial<Omit<NaivePlan, 'window'>> {
  readonly rules: readonly NaiveRule[];
  readonly lines: readonly NaiveLine[];
  readonly partner?: string;
  readonly window?: NaiveHistory['window'];
  readonly tiers?: NaiveHistory['terms']['standings'][string];
}

function told({
  lines,
  partner = 'p1',
  tiers = [],
  window = { from: '2026-01-01T03:00:00.000Z', until: '2026-04-01T03:00:00.000Z' },
  ...more
}: Told): NaiveHistory {
  const plan: NaivePlan = {
    asset: 'BRL/2',
    window: 'calendar_quarter',
    timezone: 'America/Sao_Paulo',
    effective: { from: SIGNED, to: null },
    rounding: { mode: 'half_up' },
    basis: {},
    ...more,
  };
  return {
    partner,
    plan: 'plan',
    window,
    versions: [{ at: SIGNED, value: plan }],
    terms: {
      agreements: [
        { agreement: 'a', steps: [{ at: SIGNED, value: { plan: 'plan', status: 'active' } }] },
      ],
      partner: [{ at: SIGNED, value: { type: 'channel', kind: 'agency', status: 'active' } }],
      standings: { commercial: tiers },
    },
    lines,
  };
}

const worths = (facts: Told): number[] => [...naiveDue(told(facts), LATE).values()].map(Number);
