import { type Instant, type Step, addDays, addMonths, instantOfMs, msOf } from '@tributary/kernel';
import { naiveDue, naiveKey, naiveMonths } from '@tributary/testing';
import fc from 'fast-check';
import { due } from './due';
import type { CreditedLine, LineFact, PartnerTerms, WindowFacts } from './facts';
import type { Duration, Limit, Pay, PlanVersion, Rule, When } from './plan';
import { LATE, agreed, line, noon, partner, plan, terms, told } from './window.fixture';

const ZONE = 'America/Sao_Paulo';
const START = noon('01-02');
const day = (count: number): Instant => addDays(START, count, ZONE);
const days = fc.integer({ min: 0, max: 86 });

/** Halves and ties of cents, round amounts whose sums end exactly where a band does, large ones, and credits. */
const net = fc.oneof(
  fc.integer({ min: 0, max: 400 }),
  fc.constantFrom(100, 200, 1_000),
  fc.integer({ min: 0, max: 9_000_000 }),
  fc.integer({ min: -9_000, max: -1 }),
);
const bp = fc.oneof(
  fc.constantFrom(0, 500, 2500, 5000, 10_000, '1234.5', '0.000001'),
  fc.integer({ min: 0, max: 4000 }),
);
const length = fc.constantFrom('calendar_month' as const, 'calendar_quarter' as const);
const text = fc.integer({ min: 0, max: 500_000 }).map(String);

/** So that what cuts, ends or excludes does not hide everything else. */
const rarely = <A>(arbitrary: fc.Arbitrary<A>, mostly: A): fc.Arbitrary<A> =>
  fc.oneof({ arbitrary, weight: 1 }, { arbitrary: fc.constant(mostly), weight: 4 });

const bandEnd = fc.oneof(fc.constantFrom(100, 200, 1_000), fc.integer({ min: 1, max: 5_000_000 }));

const pay: fc.Arbitrary<Pay> = fc.oneof(
  fc.record({ kind: fc.constant('percent' as const), bp }),
  fc.record({ kind: fc.constant('per_unit' as const), amount: text }),
  fc.record({
    kind: fc.constant('flat' as const),
    amount: text,
    per: fc.constantFrom('line' as const, 'order' as const),
  }),
  fc.record({
    kind: fc.constant('matrix' as const),
    by: fc.constant('partner.tier@event'),
    bp: fc.oneof(
      fc.record({ certified: bp, preferred: bp, strategic: bp }),
      fc.record({ preferred: bp, '*': bp }),
    ),
  }),
  fc.record({
    kind: fc.constant('matrix' as const),
    by: fc.constant(['customer.country', 'partner.tier'] as const),
    bp: fc.record({ BR: fc.record({ certified: bp, '*': bp }), '*': fc.record({ '*': bp }) }),
  }),
  fc
    .record({
      mode: fc.constantFrom('marginal' as const, 'cliff' as const, 'retroactive' as const),
      window: length,
      ends: fc.tuple(bandEnd, bandEnd),
      rates: fc.tuple(bp, bp, bp),
    })
    .map(({ mode, window, ends: [first, more], rates: [low, middle, high] }) => ({
      kind: 'schedule' as const,
      mode,
      measure: { sum: 'credited.net' as const, window },
      bands: [
        { upTo: String(first), bp: low },
        { upTo: String(first + more), bp: middle },
        { bp: high },
      ],
    })),
);

const when: fc.Arbitrary<When> = fc.oneof(
  fc.constant({}),
  fc.constantFrom<When>(
    { 'partner.type': 'agency' },
    { 'line.productGroup': 'services' },
    { 'line.productGroup': { exists: false } },
    { 'customer.country': { in: ['BR', 'MX'] } },
    { 'partner.tier': { in: ['preferred', 'strategic'] } },
    { 'line.net': { gte: '1000' } },
    { 'line.quantity': { between: ['1', '2.5'] } },
    { all: [{ 'line.billing': 'annual' }, { 'customer.active': true }] },
    { any: [{ 'line.product': { prefix: 'su' } }, { 'customer.country': 'AR' }] },
    { not: { 'customer.country': 'BR' } },
    { 'customer.country': 'BR', 'line.billing': 'annual' },
  ),
);

const duration: fc.Arbitrary<Duration> = fc.oneof(
  fc.record({ firstPayments: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ months: fc.integer({ min: 1, max: 14 }) }),
  fc.record({ while: fc.constant('customer_active' as const), resume: fc.boolean() }),
  days.map((count) => ({ until: day(count) })),
);

const bounds = fc.record(
  { floor: fc.integer({ min: 1, max: 5_000 }), cap: fc.integer({ min: 5_000, max: 200_000 }) },
  { requiredKeys: [] },
);

const rule = fc
  .record({
    group: fc.constantFrom('base', 'base', 'kicker'),
    pay,
    priority: fc.constantFrom(0, 10),
    stack: fc.constantFrom(false, false, true),
    enabled: rarely<boolean>(fc.constant(false), true),
    when,
    duration: rarely<Duration | null>(duration, null),
    firstPayments: rarely<number | null>(fc.integer({ min: 1, max: 3 }), null),
    line: rarely(bounds, {}),
  })
  .map(({ duration: lasts, firstPayments, line: { floor, cap }, ...rest }): Omit<Rule, 'id'> => ({
    ...rest,
    ...(lasts && { duration: lasts }),
    ...(firstPayments !== null && { limit: { firstPayments } }),
    line: {
      ...(floor !== undefined && { floor: String(floor) }),
      ...(cap !== undefined && { cap: String(cap) }),
    },
  }));

const limit = fc
  .record({
    window: length,
    max: fc.integer({ min: 1, max: 900_000 }),
    low: fc.boolean(),
    some: fc.boolean(),
  })
  .map(({ window, max, low, some }): Omit<Limit, 'id'> => ({
    scope: 'partner',
    window,
    max: String(max),
    ...(low && { min: String(Math.floor(max / 9)) }),
    ...(some && { rules: ['r0', 'r2'] }),
  }));

const looksAtSeveral = (asked: Pay): boolean =>
  asked.kind === 'schedule' || (asked.kind === 'flat' && asked.per === 'order');

const anyPlan = fc
  .record({
    rules: fc.array(rule, { minLength: 1, maxLength: 4 }),
    limits: rarely(fc.array(limit, { minLength: 1, maxLength: 2 }), []),
    mode: fc.constantFrom('half_up' as const, 'half_even' as const),
    deductMarketplaceFee: fc.boolean(),
    excludeProducts: fc.constantFrom<string[]>([], ['setup'], ['services']),
    split: fc.constantFrom('basis' as const, 'basis' as const, 'pool' as const),
    to: rarely<number | null>(days, null),
  })
  .map(({ rules, limits, mode, split, to, ...basis }): PlanVersion =>
    plan(
      rules.map((each, i) => ({ ...each, id: `r${i}` })),
      {
        limits: limits.map((each, i) => ({ ...each, id: `l${i}` })),
        rounding: { mode, scope: 'line' },
        basis: { use: 'lines.net', excludeTax: true, ...basis },
        // What looks at several lines cannot be shared from a pool.
        credit: { split: rules.some(({ pay }) => looksAtSeveral(pay)) ? 'basis' : split },
        effective: { from: '2026-01-01T00:00:00-03:00', to: to === null ? null : day(to) },
      },
    ),
  );

const anyLine = fc
  .record({
    id: fc.integer({ min: 0, max: 99 }),
    sale: fc.integer({ min: 0, max: 3 }),
    paid: days,
    net,
    weights: fc.tuple(fc.nat(4), fc.nat(4), fc.nat(4)),
    fee: fc.constantFrom(0, 0, 3, 50),
    product: fc.constantFrom('suite', 'setup'),
    productGroup: fc.constantFrom(null, null, 'services'),
    country: fc.constantFrom('BR', 'MX', 'AR', null),
    billing: fc.constantFrom('annual', 'monthly', null),
    quantity: fc.constantFrom('1', '2.5', '3', '0.333'),
    ordinal: fc.constantFrom(null, 1, 2, 3),
    /** Months before, and milliseconds beside an anniversary. */
    firstPaid: fc.option(fc.tuple(fc.nat(14), fc.constantFrom(-1, 0, 0, 1, 86_400_000)), {
      nil: null,
    }),
    active: fc.boolean(),
    reactivated: fc.boolean(),
    asset: rarely<string>(fc.constant('USD/2'), 'BRL/2'),
    /** Dated with the payment, and failing where a later one leaves more. */
    refundedAtOnce: rarely(fc.nat(100), 0),
    refunds: fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.nat(100)), { maxLength: 3 }),
  })
  .map((drawn): LineFact => {
    const paidAt = day(drawn.paid);
    const { value } = line(paidAt, drawn.net).steps[0] as Step<CreditedLine>;
    const { product, productGroup, billing, quantity, ordinal, asset, country, active } = drawn;
    const firstPaidAt = drawn.firstPaid && before(paidAt, ...drawn.firstPaid);
    const customer = {
      ...value.customer,
      country,
      active,
      reactivated: drawn.reactivated,
      firstPaidAt,
    };
    const at = (kept: number) => shares(Math.floor((drawn.net * kept) / 100), drawn);
    const later = drawn.refunds
      .map(([after, kept]) => [day(drawn.paid + after), at(kept)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .filter(([when], i, all) => all[i - 1]?.[0] !== when);
    const more = {
      product,
      productGroup,
      billing,
      quantity,
      ordinal,
      asset,
      customer,
      ...at(100 - drawn.refundedAtOnce),
    };
    const names = { sale: `s${drawn.sale}`, payment: `s${drawn.sale}p${drawn.id}` };
    return line(paidAt, drawn.net, { ...names, ...more }, ...later);
  });

const before = (at: Instant, months: number, ms: number): Instant =>
  instantOfMs(msOf(addMonths(at, -months, ZONE)) + ms);

/** By whole parts of the weights; what is left over is the last one's. */
function shares(
  whole: number,
  {
    weights: [a, b, c],
    fee,
  }: { readonly weights: readonly [number, number, number]; readonly fee: number },
): Partial<CreditedLine> {
  const sum = a + b + c || 1;
  const [first, second] = [Math.trunc((whole * a) / sum), Math.trunc((whole * b) / sum)];
  const of = (partnerId: string, basis: number) => ({
    partner: partnerId,
    role: 'sourced',
    basis: String(basis),
  });
  return {
    net: String(whole),
    marketplace:
      fee === 0 || whole < 0 ? null : { name: 'aws', fee: String(Math.floor((whole * fee) / 100)) },
    parts: [of('p2', first), of('p1', second), of('p1', whole - first - second)],
  };
}

/** Decided in any order, for sales of any day. */
const standing = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 110 }),
      from: days,
      tier: fc.constantFrom(null, 'certified', 'preferred', 'strategic'),
    }),
    { maxLength: 5 },
  )
  .map((steps) =>
    steps
      .map(({ at, from, tier }) => ({ at: day(at), from: day(from), value: { applied: tier } }))
      .sort((a, b) => (a.at + a.from < b.at + b.from ? -1 : 1))
      .filter(({ at, from }, i, all) => all[i - 1]?.at !== at || all[i - 1]?.from !== from),
  );

const anyTerms = fc
  .record({ commercial: standing, ended: rarely<number | null>(days, null), told: days })
  .chain((drawn) =>
    fc
      .constantFrom('active', 'active', 'active', 'suspended', 'ended', 'prospective')
      .map((status) => ({ ...drawn, status })),
  )
  .map(({ commercial, ended, told: late, status }): PartnerTerms => {
    const signed = { at: noon('01-01'), value: agreed() };
    const end = (count: number) => ({
      at: day(count + late),
      from: day(count),
      value: agreed({ status: 'ended' }),
    });
    return terms({
      agreements: [{ agreement: 'a1', steps: ended === null ? [signed] : [signed, end(ended)] }],
      partner: [
        { at: noon('01-01'), value: partner() },
        { at: day(late), value: partner({ status }) },
      ],
      standings: { commercial },
    });
  });

const anyHistory = fc
  .record({
    plan: anyPlan,
    next: fc.option(fc.tuple(anyPlan, days, days), { nil: null }),
    lines: fc.uniqueArray(anyLine, {
      minLength: 1,
      maxLength: 7,
      selector: ({ payment }) => payment,
    }),
    terms: anyTerms,
  })
  .map(({ plan: first, next, lines, terms: agreedTerms }): WindowFacts => {
    const versions: Step<PlanVersion>[] = [{ at: noon('01-01'), value: first }];
    if (next) {
      const [second, from, published] = next;
      versions.push({ at: day(published), from: day(from), value: { ...second, version: 2 } });
    }
    return told({ inside: START, versions, lines, terms: agreedTerms });
  });

const anyMoment = fc.integer({ min: -1, max: 150 }).map(day);

describe('the engine and a second, naive arithmetic', () => {
  it('agree on what every line is worth, at any moment', () => {
    fc.assert(
      fc.property(anyHistory, anyMoment, (facts, t) => {
        expect(byEngine(facts, t)).toEqual(worthSomething(naiveDue(facts, t)));
        expect(byEngine(facts, LATE)).toEqual(worthSomething(naiveDue(facts, LATE)));
      }),
      { numRuns: 400, seed: 5 },
    );
  });

  it('agree on the entries of every month', () => {
    fc.assert(
      fc.property(anyHistory, (facts) => {
        const ends = [...facts.months.map(({ until }) => instantOfMs(msOf(until) - 1)), LATE];
        const engine = ends.map((end) => byEngine(facts, end));
        const entries = engine.map((due, m) => difference(due, engine[m - 1] ?? {}));
        expect(naiveMonths(facts, ends).map(worthSomething)).toEqual(entries);
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});

type Books = Readonly<Record<string, bigint>>;

function byEngine(facts: WindowFacts, t: Instant): Books {
  const found = due(facts, t).flatMap(({ key, rounded }) => {
    if ('window' in key) throw new Error('No plan here has a bonus.');
    const { sale, payment, line: name, rule: id } = key;
    return rounded === 0n ? [] : [[naiveKey(sale, payment, name, id ?? ''), rounded] as const];
  });
  return Object.fromEntries(found);
}

const worthSomething = (books: ReadonlyMap<string, bigint>): Books =>
  Object.fromEntries([...books].filter(([, worth]) => worth !== 0n));

function difference(after: Books, before: Books): Books {
  const keys = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return worthSomething(
    new Map(keys.map((key) => [key, (after[key] ?? 0n) - (before[key] ?? 0n)])),
  );
}
