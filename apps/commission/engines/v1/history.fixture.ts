import { type Instant, type Step, addDays, allocate } from '@tributary/kernel';
import fc from 'fast-check';
import type { CreditedLine, LineFact, PartnerTerms, WindowFacts } from './facts';
import type { Limit, PlanVersion, Rule } from './plan';
import { agreed, counted, line, noon, partner, percent, plan, terms, told } from './window.fixture';

const START = noon('01-02');
const day = (count: number): Instant => addDays(START, count, 'America/Sao_Paulo');

const daysOfQuarter = fc.integer({ min: 0, max: 86 });
const amount = fc.integer({ min: 0, max: 20_000_000 });
const bp = fc.oneof(fc.integer({ min: 0, max: 4000 }), fc.constantFrom('1234.5', '0.000001'));

/** A sale of p1 and p2 by weight; then shares, refunds and disputes change it. */
export const anyLine = fc
  .record({
    id: fc.uuid(),
    paid: daysOfQuarter,
    net: amount,
    weight: fc.integer({ min: 0, max: 4 }),
    services: fc.boolean(),
    country: fc.constantFrom('BR', 'MX'),
    fee: fc.integer({ min: 0, max: 100 }),
    later: fc.array(
      fc.record({
        after: fc.integer({ min: 1, max: 30 }),
        percent: fc.integer({ min: 0, max: 100 }),
        weight: fc.integer({ min: 0, max: 4 }),
        disputed: fc.boolean(),
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ id, paid, net, weight, services, country, fee, later }): LineFact => {
    const paidAt = day(paid);
    const { value } = line(paidAt, net).steps[0] as Step<CreditedLine>;
    const changes = later
      .sort((a, b) => a.after - b.after)
      .filter(({ after }, i, all) => all[i - 1]?.after !== after)
      .map(({ after, percent: left, weight: by, disputed }) => {
        const rest = Math.floor((net * left) / 100);
        return [day(paid + after), { ...shared(rest, by, fee), disputed }] as const;
      });
    return line(
      paidAt,
      net,
      {
        ...shared(net, weight, fee),
        sale: id.slice(0, 4),
        payment: id,
        productGroup: services ? 'services' : null,
        quantity: String(1 + (net % 3)),
        customer: { ...value.customer, country },
      },
      ...changes,
    );
  });

function shared(net: number, weight: number, feePercent: number): Partial<CreditedLine> {
  const [first = 0n, second = 0n] = allocate(BigInt(net), [BigInt(4 - weight), BigInt(weight)]);
  return {
    net: String(net),
    marketplace: { name: 'aws', fee: String(Math.floor((net * feePercent) / 100)) },
    parts: [
      { partner: 'p1', role: 'sourcing', basis: String(first) },
      { partner: 'p2', role: 'closing', basis: String(second) },
    ],
  };
}

const plainRules = fc
  .record({
    base: bp,
    services: bp,
    kicker: bp,
    flat: amount,
    unit: amount,
    tiers: fc.tuple(bp, bp),
  })
  .map(({ base, services, kicker, flat, unit, tiers }): Rule[] => [
    { id: 'base', group: 'base', pay: { kind: 'percent', bp: base } },
    {
      id: 'svc',
      group: 'base',
      priority: 5,
      when: { 'line.productGroup': 'services' },
      pay: { kind: 'percent', bp: services },
      line: { floor: '100', cap: '500000' },
    },
    {
      id: 'kicker',
      group: 'kicker',
      stack: true,
      when: { 'customer.country': { in: ['MX', 'AR'] } },
      pay: { kind: 'percent', bp: kicker },
    },
    { id: 'flat', group: 'flat', pay: { kind: 'flat', amount: String(flat) } },
    { id: 'unit', group: 'unit', pay: { kind: 'per_unit', amount: String(unit) } },
    {
      id: 'tier',
      group: 'tier',
      pay: { kind: 'matrix', by: 'partner.tier', bp: { certified: tiers[0], preferred: tiers[1] } },
    },
    {
      id: 'roles',
      group: 'roles',
      pay: { kind: 'split', bp: base, by: { roles: { sourcing: 7000, closing: 3000 } } },
    },
  ]);

const jointRules = fc
  .record({
    mode: fc.constantFrom('marginal' as const, 'cliff' as const, 'retroactive' as const),
    window: fc.constantFrom('calendar_month' as const, 'calendar_quarter' as const),
    rates: fc.tuple(bp, bp, bp),
    order: amount,
    once: fc.constantFrom('calendar_month' as const, 'calendar_quarter' as const),
    threshold: fc.constantFrom('2000000', '20000000'),
  })
  .map(({ mode, window, rates: [low, middle, high], order, once, threshold }): Rule[] => [
    {
      id: 'accel',
      group: 'accel',
      pay: {
        kind: 'schedule',
        mode,
        measure: { sum: 'credited.net', window },
        bands: [{ upTo: '5000000', bp: low }, { upTo: '20000000', bp: middle }, { bp: high }],
      },
    },
    { id: 'order', group: 'order', pay: { kind: 'flat', amount: String(order), per: 'order' } },
    {
      id: 'sum',
      group: 'bonus',
      stack: true,
      pay: {
        kind: 'bonus',
        amount: '50000',
        once,
        when: { sum: 'credited.net', gte: threshold },
      },
    },
  ]);

const limits = fc
  .record({ month: fc.integer({ min: 1, max: 3_000_000 }), quarter: amount })
  .map(({ month, quarter }): Limit[] => [
    { id: 'm', scope: 'partner', window: 'calendar_month', max: String(month) },
    {
      id: 'q',
      scope: 'partner',
      window: 'calendar_quarter',
      max: String(quarter),
      rules: ['base', 'accel'],
    },
    { id: 'f', scope: 'partner', window: 'calendar_month', min: '5000', rules: ['flat'] },
  ]);

const settings = fc.record({
  mode: fc.constantFrom('half_up' as const, 'half_even' as const),
  deductMarketplaceFee: fc.boolean(),
});

const version = (
  rules: readonly Rule[],
  more: Partial<PlanVersion>,
  { mode, deductMarketplaceFee }: { mode: 'half_up' | 'half_even'; deductMarketplaceFee: boolean },
): PlanVersion =>
  plan(rules, {
    rounding: { mode, scope: 'line' },
    basis: { use: 'lines.net', excludeTax: true, deductMarketplaceFee },
    ...more,
  });

export const independentPlan = fc
  .tuple(plainRules, settings, fc.constantFrom('basis' as const, 'pool' as const))
  .map(([rules, each, split]) => version(rules, { credit: { split } }, each));

export const jointPlan = fc
  .tuple(plainRules, jointRules, fc.option(limits, { nil: [] }), settings)
  .map(([plain, joint, limited, each]) => version([...plain, ...joint], { limits: limited }, each));

const anyTerms = fc
  .record({
    certified: daysOfQuarter,
    preferred: daysOfQuarter,
    told: fc.integer({ min: 0, max: 60 }),
    suspended: daysOfQuarter,
    leads: fc.array(daysOfQuarter, { maxLength: 6 }),
  })
  .map(({ certified, preferred, told: lateBy, suspended, leads }): PartnerTerms => {
    const standing = [
      { at: day(certified), value: { applied: 'certified' } },
      // Decided later than the sales that it governs.
      {
        at: day(certified + preferred + lateBy),
        from: day(certified + preferred),
        value: { applied: 'preferred' },
      },
    ];
    return terms({
      agreements: ['a1', 'a2'].map((agreement) => ({
        agreement,
        steps: [{ at: noon('01-01'), value: agreed() }],
      })),
      partner: [
        { at: noon('01-01'), value: partner() },
        { at: day(suspended), value: partner({ status: 'suspended' }) },
      ],
      standings: { commercial: standing },
      measures: leads.map((since, i) => counted('lead.accepted', `l${i}`, day(since))),
    });
  });

const CHILD_TERMS = terms({
  agreements: [
    {
      agreement: 'c',
      steps: [{ at: noon('01-01'), value: agreed({ partner: 'p2', parent: 'p1' }) }],
    },
  ],
});

export const windowUnder = (plans: fc.Arbitrary<PlanVersion>): fc.Arbitrary<WindowFacts> =>
  fc
    .record({
      plan: plans,
      next: fc.option(fc.tuple(plans, daysOfQuarter), { nil: null }),
      lines: fc.uniqueArray(anyLine, { maxLength: 8, selector: ({ payment }) => payment }),
      terms: anyTerms,
      childLines: fc.uniqueArray(anyLine, { maxLength: 3, selector: ({ payment }) => payment }),
      decided: fc.option(fc.tuple(fc.nat(7), amount), { nil: null }),
    })
    .map(({ plan: first, next, lines, terms: agreedTerms, childLines, decided }) => {
      const parent = percent('parent', 500, { payee: 'partner.parent', stack: true });
      const [later, since] = next ?? [];
      const of = decided && lines[decided[0]];
      return told({
        inside: START,
        versions: [
          { at: noon('01-01'), value: { ...first, rules: [...first.rules, parent] } },
          ...(later && since !== undefined
            ? [{ at: day(since), value: { ...later, version: 2 } }]
            : []),
        ],
        lines,
        terms: agreedTerms,
        children: [{ partner: 'p2', terms: CHILD_TERMS, lines: childLines, posted: [] }],
        overrides:
          decided && of
            ? [
                {
                  key: { sale: of.sale, payment: of.payment, line: of.line, rule: 'base' },
                  steps: [{ at: day(40), value: { amount: String(decided[1]) } }],
                },
              ]
            : [],
      });
    });

export const anyMoment = fc.integer({ min: -1, max: 130 }).map(day);
