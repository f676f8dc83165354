import {
  agreed,
  dues,
  left,
  line,
  noon,
  partner,
  percent,
  plan,
  posted,
  terms,
  tiers,
  worth,
} from './window.fixture';
import type { CreditedLine, LineFact } from './facts';
import type { Rule } from './plan';
import { allocate } from '@tributary/kernel';
import { AGENCY, BY_TIER } from './cases.fixture';

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
