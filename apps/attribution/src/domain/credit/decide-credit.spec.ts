import { type Instant, stepAt } from '@tributary/kernel';
import {
  type Credit,
  type CreditDecision,
  MOST_DISCARDED,
  MOST_WINNERS,
  type CreditStep,
} from './credit';
import { creditOf } from './decide-credit';
import {
  type Known,
  ME,
  SIGNED_UP,
  type Told,
  adjudged,
  claim,
  customer,
  day,
  deal,
  exclusive,
  link,
  owned,
  paid,
  policy,
  signUp,
  touch,
  viewOf,
  visitor,
  withdrawn,
} from './view.fixture';

describe('M002 crediting a signup by a named, versioned policy', () => {
  it('names the policy, the winner with its evidence, and what was put aside', () => {
    const { decisions, timelines } = creditOf(
      viewOf([signUp(), touch('t1', day(90)), touch('t2', day(95), { partner: 'south' })]),
    );
    expect(decisions).toHaveLength(1);
    expect(decisions[0]).toMatchObject({
      deal: null,
      policy: { id: 'standard', version: 1, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      rung: 'touches',
      unattributed: null,
      conversionAt: SIGNED_UP,
      parts: [{ partner: 'south', role: 'source', weight: 1 }],
      influenced: ['north'],
      evidence: [{ item: 't2', partner: 'south' }],
      discarded: [{ item: 't1', partner: 'north', reason: 'lost_to_stronger_evidence' }],
      discardedCounts: { lost_to_stronger_evidence: 1 },
      restDigest: null,
    });
    expect(timelines.general).toEqual([
      {
        at: SIGNED_UP,
        from: '0001-01-01T00:00:00.000Z',
        value: expect.objectContaining({ decision: decisions[0]?.decision }),
      },
    ]);
    expect(timelines.deals).toEqual({});
  });

  it('takes the policy in force at the conversion', () => {
    const policies = [
      policy({ model: { kind: 'first' } }, day(0), day(0)),
      policy({ model: { kind: 'linear' } }, day(0), day(101)),
    ];
    expect(
      winners([touch('t1', day(90)), touch('t2', day(95), { partner: 'south' })], { policies }),
    ).toEqual(['north']);
  });

  it('decides anew when a policy was approved later for conversions of before', () => {
    const policies = [policy({ model: { kind: 'first' } }, day(120), day(50))];
    const { timelines } = creditOf(
      viewOf([signUp(), touch('t1', day(90)), touch('t2', day(95), { partner: 'south' })], {
        policies,
      }),
    );
    expect(history(timelines.general)).toEqual([
      [SIGNED_UP, 'south'],
      [day(120), 'north'],
    ]);
  });

  it('says that nobody is known while nobody has signed up or paid', () => {
    const { decisions, timelines } = creditOf(viewOf([touch('t1', day(90))]));
    expect(decisions).toMatchObject([
      { rung: 'house', unattributed: 'customer_unknown', conversionAt: null, parts: [] },
    ]);
    expect(timelines.general).toHaveLength(1);
  });

  it('takes the first payment for the conversion of who never signed up', () => {
    const decision = decided([paid('p2', day(110)), paid('p1', day(105)), touch('t1', day(104))]);
    expect(decision).toMatchObject({ conversionAt: day(105), parts: [{ partner: 'north' }] });
  });

  it('lets the house have what nobody brought', () => {
    expect(decided([signUp()])).toMatchObject({
      rung: 'house',
      unattributed: 'no_eligible_evidence',
      parts: [],
      influenced: [],
    });
  });
});

describe('precedence of what credits', () => {
  const rivals = [
    touch('click', day(99), { partner: 'north' }),
    touch('code', day(98), { type: 'coupon', coupon: 'k1' }),
    claim('claim.p1.l1', day(50), { partner: 'south' }),
    deal('deal.d1.f1', day(90), {
      roles: [
        { partner: 'west', role: 'sales', bp: 6_000 },
        { partner: 'east', role: 'delivery', bp: 4_000 },
        { partner: 'north', role: 'advisor' },
      ],
    }),
  ];
  const coupons = { k1: [owned('east')] };
  const exclusives = [exclusive('north', ['BR'])];
  const all = [signUp(SIGNED_UP, ME, { country: 'BR' }), ...rivals];

  it.each<readonly [string, readonly Told[], Known, string[]]>([
    ['registration', all, { coupons, exclusives }, ['south']],
    ['exclusivity', all.filter((_, i) => i !== 3), { coupons, exclusives }, ['north']],
    ['coupon', all.filter((_, i) => i !== 3), { coupons }, ['east']],
    ['touches', all.filter((_, i) => i !== 3 && i !== 2), { coupons }, ['north']],
    ['house', all.slice(0, 1), {}, []],
  ])('%s, when nothing stronger speaks', (rung, pieces, known, partners) => {
    const decision = decided(pieces, known);
    expect(decision.rung).toBe(rung);
    expect(decision.parts.map(({ partner }) => partner)).toEqual(partners);
  });

  it('M014: lets the explicit roles of a deal share only that deal', () => {
    const { timelines } = creditOf(viewOf(all, { coupons, exclusives }));
    expect(last(timelines.deals['d1'])).toMatchObject({
      rung: 'deal',
      parts: [
        { partner: 'west', role: 'sales', weight: 6_000 },
        { partner: 'east', role: 'delivery', weight: 4_000 },
      ],
      influenced: ['north'],
    });
    expect(last(timelines.general).rung).toBe('registration');
  });

  it('M014: shares nothing by roles that do not sum to 10,000 basis points, and says so', () => {
    const roles = [{ partner: 'west', role: 'sales', bp: 9_999 }];
    const { decisions, timelines } = creditOf(
      viewOf([signUp(), touch('t1', day(99)), deal('deal.d1.f1', day(90), { roles })]),
    );
    expect(timelines.deals).toEqual({});
    expect(decisions.find((each) => each.deal === 'd1')).toMatchObject({
      rung: 'touches',
      discarded: [{ item: 'deal.d1.f1', reason: 'shares_not_whole' }],
    });
  });

  it.each(['suspended', 'ended'] as const)(
    'gives a share of whoever was %s when the deal was told to the others, and says so',
    (status) => {
      const reason = status === 'suspended' ? 'suspended_partner' : 'inactive_partner';
      const statuses: Known['statuses'] = {
        east: [
          [-900, 'active'],
          [89, status],
          [95, 'active'],
        ],
        north: [[-900, status]],
      };
      const { decisions, timelines } = creditOf(viewOf(all, { statuses }));
      const told = last(timelines.deals['d1']);
      expect(told).toMatchObject({
        rung: 'deal',
        parts: [{ partner: 'west', role: 'sales', weight: 6_000 }],
        influenced: [],
      });
      const decision = decisions.find((each) => each.decision === told.decision);
      expect(decision?.discarded).toContainEqual(
        expect.objectContaining({ item: 'deal.d1.f1', partner: 'east', reason }),
      );
    },
  );

  it('asks the next rung where nobody is left to share a deal, and says why', () => {
    const roles = [{ partner: 'west', role: 'sales', bp: 10_000 }];
    const pieces = [signUp(), touch('t1', day(99)), deal('deal.d1.f1', day(90), { roles })];
    const { decisions } = creditOf(viewOf(pieces, { statuses: { west: [[80, 'suspended']] } }));
    expect(decisions.find((each) => each.deal === 'd1')).toMatchObject({
      rung: 'touches',
      discarded: [{ item: 'deal.d1.f1', partner: 'west', reason: 'suspended_partner' }],
    });
  });

  it('M074: leaves a customer with whoever is suspended later, because then its commission is held', () => {
    const { timelines } = creditOf(
      viewOf(all, {
        statuses: {
          west: [
            [-900, 'active'],
            [91, 'suspended'],
          ],
        },
      }),
    );
    expect(last(timelines.deals['d1']).parts.map(({ partner }) => partner)).toEqual([
      'west',
      'east',
    ]);
  });

  it('lets the claim that was registered first win over another live one', () => {
    const decision = decided([
      signUp(),
      claim('claim.p1.l1', day(60), { partner: 'south' }),
      claim('claim.p1.l2', day(61), { partner: 'east', registeredAt: day(59), from: day(59) }),
    ]);
    expect(decision.parts).toMatchObject([{ partner: 'east' }]);
    expect(decision.discarded).toMatchObject([
      { item: 'claim.p1.l1', partner: 'south', reason: 'lost_to_stronger_evidence' },
    ]);
  });

  it('protects by a claim what was created while it was live: of a deal its opening', () => {
    const { timelines } = creditOf(
      viewOf([
        signUp(),
        claim('claim.p1.l1', day(110), { partner: 'south' }),
        deal('deal.d1.f1', day(120)),
      ]),
    );
    expect(last(timelines.general).parts).toEqual([]);
    expect(history(timelines.deals['d1'])).toEqual([
      [SIGNED_UP, ''],
      [day(120), 'south'],
    ]);
  });

  it('follows another order where the policy of the programme says so', () => {
    const precedence = ['adjudicated', 'touches', 'registration', 'house'] as const;
    expect(winners(rivals, { coupons, policies: [policy({ precedence })] })).toEqual(['north']);
  });
});

describe('a decision by a person', () => {
  const known = [signUp(), touch('t1', day(90))];

  it('stands since it was made, for sales paid from its date on', () => {
    const adjudications = [adjudged(day(150), 'west', { from: day(120), evidence: ['t1'] })];
    const { timelines, decisions } = creditOf(viewOf(known, { adjudications }));
    const credited = (t: number, paidAt: number) => at(timelines.general, day(t), day(paidAt));
    expect(credited(149, 130)).toBe('north');
    expect(credited(150, 130)).toBe('west');
    expect(credited(150, 119)).toBe('north');
    expect(decisions.at(-1)).toMatchObject({
      rung: 'adjudicated',
      evidence: [{ item: 't1', partner: 'north' }],
    });
  });

  it('is repeated after later evidence, so that it still stands', () => {
    const adjudications = [adjudged(day(150), 'west', { from: day(120) })];
    const late = [
      link('l1', day(160), ME, visitor('v1')),
      touch('t2', day(99), { partner: 'east' }, visitor('v1')),
    ];
    const { timelines } = creditOf(viewOf([...known, ...late], { adjudications }));
    expect(at(timelines.general, day(160), day(130))).toBe('west');
    expect(at(timelines.general, day(160), day(119))).toBe('east');
    expect(timelines.general).toHaveLength(4);
  });

  it('gives way to a later one for the same sales, and keeps the earlier for those before', () => {
    const adjudications = [
      adjudged(day(151), 'south', { from: day(130) }),
      adjudged(day(150), 'west', { from: day(120) }),
      adjudged(day(152), 'east', { from: day(125) }),
    ];
    const { timelines } = creditOf(viewOf(known, { adjudications }));
    const now = [119, 121, 126, 131].map((n) => at(timelines.general, day(200), day(n)));
    expect(now).toEqual(['north', 'west', 'east', 'east']);
  });

  it('about a deal leaves the rest alone, and one about the rest reaches deals without their own', () => {
    const adjudications = [
      adjudged(day(150), 'west', { deal: 'd1', from: day(0) }),
      adjudged(day(151), 'south', { from: day(0) }),
    ];
    const { timelines } = creditOf(
      viewOf([...known, deal('deal.d2.f1', day(100), { deal: 'd2' })], { adjudications }),
    );
    expect(at(timelines.deals['d1'], day(200), day(110))).toBe('west');
    expect(at(timelines.general, day(200), day(110))).toBe('south');
    expect(timelines.deals['d2']).toBeUndefined();
  });

  it('may give it to nobody', () => {
    const adjudications = [adjudged(day(150), 'west', { parts: [] })];
    const { decisions } = creditOf(viewOf(known, { adjudications }));
    expect(decisions.at(-1)).toMatchObject({ rung: 'adjudicated', parts: [], unattributed: null });
  });
});

describe('putting evidence aside with a reason', () => {
  const statuses = {
    north: [
      [-900, 'active'],
      [80, 'suspended'],
      [85, 'active'],
    ],
    south: [[90, 'active']],
    west: [
      [-900, 'active'],
      [50, 'ended'],
    ],
  } as const;

  it.each<readonly [string, Told, Known]>([
    ['after_conversion', touch('t', day(101)), {}],
    ['cannot_source', touch('t', day(90)), { policies: [policy({ sources: ['intro'] })] }],
    ['claim_not_live', claim('t', day(50), { until: day(99) }), {}],
    ['claim_not_live', claim('t', day(50), { until: SIGNED_UP }), {}],
    ['claim_not_protected', claim('t', day(50), { state: 'refused' }), {}],
    ['claim_not_protected', claim('t', day(50), { state: 'pending' }), {}],
    ['inactive_partner', touch('t', day(60), { partner: 'west' }), { statuses }],
    ['inactive_partner', touch('t', day(89), { partner: 'south' }), { statuses }],
    ['no_consent', touch('t', day(90), { consent: false }), {}],
    [
      'other_programme',
      touch('t', day(90), { link: 'x' }),
      { links: { x: [owned('north', day(0), 'b')] } },
    ],
    ['outside_lookback', touch('t', day(9)), {}],
    ['self_reported', touch('t', day(90), { selfReported: true }), {}],
    ['superseded', withdrawn('t', day(90)), {}],
    ['suspended_partner', touch('t', day(84)), { statuses }],
    ['suspended_partner', claim('t', day(81), { partner: 'north' }), { statuses }],
    ['unknown_link', touch('t', day(90), { link: 'x' }), {}],
    [
      'unknown_link',
      touch('t', day(90), { coupon: 'x', type: 'coupon' }),
      { coupons: { x: [owned(null)] } },
    ],
    ['unknown_partner', touch('t', day(90), { partner: 'nobody' }), {}],
  ])('%s', (reason, piece, known) => {
    const view = viewOf([signUp(), piece], known);
    const decision = creditOf(view).decisions.at(-1);
    expect(decision).toMatchObject({ parts: [], discarded: [{ item: 't', reason }] });
    expect(decision?.discardedCounts).toEqual({ [reason]: 1 });
  });

  it('accepts a touch at the edge of its lookback, and one before the suspension', () => {
    expect(winners([touch('t', day(10))])).toEqual(['north']);
    expect(winners([touch('t', day(79))], { statuses })).toEqual(['north']);
  });

  it('asks who owned the link when it was clicked', () => {
    const links = { x: [owned('north'), owned('south', day(95))] };
    expect(winners([touch('t', day(94), { link: 'x' })], { links })).toEqual(['north']);
    expect(winners([touch('t', day(95), { link: 'x' })], { links })).toEqual(['south']);
  });

  it('counts nothing of a crowd, and does not look through it', () => {
    const bot = visitor('bot');
    const pieces = [
      signUp(),
      link('l1', day(95), ME, bot),
      link('l2', day(95), visitor('v1'), bot),
      touch('t1', day(95), {}, bot),
      touch('t2', day(95), {}, visitor('v1')),
    ];
    const decision = creditOf(viewOf(pieces, { crowds: [bot] })).decisions.at(-1);
    expect(decision).toMatchObject({
      parts: [],
      discarded: [{ item: 'l1', reason: 'not_a_person' }],
    });
  });

  it('lists no more than its limit, counts the rest and names it by digest', () => {
    const many = Array.from({ length: 200 }, (_, i) =>
      touch(`t${String(i).padStart(3, '0')}`, day(90), { consent: i === 199 }),
    );
    const decision = decided([signUp(), ...many]);
    expect(decision.discarded).toHaveLength(MOST_DISCARDED);
    expect(decision.discardedCounts).toEqual({ no_consent: 199 });
    expect(decision.restDigest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('weighs the first touch and the latest of more than it can name', () => {
    const many = Array.from({ length: 60 }, (_, i) =>
      touch(`t${String(i).padStart(3, '0')}`, day(20 + i), { partner: i % 2 ? 'north' : 'south' }),
    );
    const decision = decided([signUp(), ...many], {
      policies: [policy({ model: { kind: 'linear' } })],
    });
    expect(decision.parts).toHaveLength(MOST_WINNERS);
    expect(decision.evidence[0]?.item).toBe('t000');
    expect(decision.evidence[1]?.item).toBe('t011');
    expect(decision.discardedCounts).toEqual({ too_many_touches: 10 });
  });
});

describe('joining and un-joining who is the same', () => {
  const seen = touch('t1', day(95), {}, visitor('v1'));

  it('takes what a linked visitor has seen, since the link', () => {
    const { timelines } = creditOf(
      viewOf([signUp(), seen, link('l1', day(110), visitor('v1'), ME)]),
    );
    expect(history(timelines.general)).toEqual([
      [SIGNED_UP, ''],
      [day(110), 'north'],
    ]);
  });

  it('withdraws it with the link: what stood before the link stands again, to the letter', () => {
    const pieces = [signUp(), seen, link('l1', day(110), visitor('v1'), ME)];
    const apart = link('l2', day(120), ME, visitor('v1'), false);
    const { timelines } = creditOf(viewOf([...pieces, apart]));
    expect(history(timelines.general)).toHaveLength(3);
    expect(timelines.general[2]?.value).toEqual(timelines.general[0]?.value);
  });

  it('credits the oldest of several customers that are one', () => {
    const other = customer('c2');
    const pieces = [
      signUp(),
      touch('t1', day(95)),
      signUp(day(50), other),
      touch('t2', day(45), { partner: 'south' }, other),
      link('l1', day(110), ME, other),
    ];
    const { timelines, identity } = creditOf(viewOf(pieces));
    expect(history(timelines.general)).toEqual([
      [SIGNED_UP, 'north'],
      [day(110), 'south'],
    ]);
    expect(identity).toMatchObject({ canonical: 'c2', customers: ['c1', 'c2'] });
  });
});

describe('telling only what changes a sale', () => {
  it('keeps the decision by which a sale was credited when a later touch changes nothing', () => {
    const before = creditOf(viewOf([signUp(), touch('t1', day(95))]));
    const after = creditOf(viewOf([signUp(), touch('t1', day(95)), touch('t2', day(105))]));
    expect(after.timelines).toEqual(before.timelines);
    expect(after.decisions).toHaveLength(2);
    expect(after.decisions[1]?.discardedCounts).toEqual({ after_conversion: 1 });
  });

  it('does not decide on every one of many later touches', () => {
    const later = Array.from({ length: 500 }, (_, i) => touch(`t${i}`, day(101 + i)));
    const { decisions, timelines } = creditOf(viewOf([signUp(), ...later]));
    expect(decisions.length).toBeLessThanOrEqual(11);
    expect(timelines.general).toHaveLength(1);
  });

  it('keeps the first and the latest of a history that is too long', () => {
    const comings = Array.from({ length: 150 }, (_, i) =>
      link(`l${i}`, day(110 + i), ME, visitor('v1'), i % 2 === 0),
    );
    const { timelines } = creditOf(
      viewOf([signUp(), touch('t1', day(95), {}, visitor('v1')), ...comings]),
    );
    expect(timelines.general.length).toBeLessThanOrEqual(64);
    expect(timelines.general[0]?.at).toBe(SIGNED_UP);
    expect(last(timelines.general).parts).toEqual([]);
    expect(timelines.general.at(-1)?.at).toBe(day(259));
  });
});

const last = (steps: readonly CreditStep[] | undefined): Credit => {
  const step = steps?.at(-1);
  if (!step) throw new Error('there is no step');
  return step.value;
};

const partnersOf = ({ parts }: Credit): string => parts.map(({ partner }) => partner).join('+');

const history = (steps: readonly CreditStep[] | undefined) =>
  steps?.map(({ at: since, value }) => [since, partnersOf(value)]);

function at(steps: readonly CreditStep[] | undefined, t: Instant, paidAt: Instant): string {
  const step = stepAt({ revision: 1, steps: steps ?? [] }, t, paidAt);
  return step ? partnersOf(step.value) : 'nothing';
}

function decided(pieces: readonly Told[], known: Known = {}): CreditDecision {
  const decision = creditOf(viewOf(pieces, known)).decisions.find((each) => each.deal === null);
  if (!decision) throw new Error('nothing was decided');
  return decision;
}

const winners = (pieces: readonly Told[], known: Known = {}): string[] =>
  decided([signUp(), ...pieces], known).parts.map(({ partner }) => partner);
