import { ZERO_REASONS, type ZeroReason } from './line-due';
import type { Pay } from './plan';
import {
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
} from './window.fixture';
import { paidAt, since, paying } from './rules.fixture';

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
