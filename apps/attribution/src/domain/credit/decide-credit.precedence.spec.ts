import { creditOf } from './decide-credit';
import {
  type Known,
  ME,
  SIGNED_UP,
  type Told,
  claim,
  day,
  deal,
  exclusive,
  owned,
  policy,
  signUp,
  touch,
  viewOf,
} from './view.fixture';
import { last, history, decided, winners } from './decide-credit.fixture';

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
