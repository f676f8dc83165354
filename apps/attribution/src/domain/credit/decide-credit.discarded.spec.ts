import { MOST_DISCARDED, MOST_WINNERS } from './credit';
import { creditOf } from './decide-credit';
import {
  type Known,
  ME,
  SIGNED_UP,
  type Told,
  claim,
  day,
  link,
  owned,
  policy,
  signUp,
  touch,
  viewOf,
  visitor,
  withdrawn,
} from './view.fixture';
import { decided, winners } from './decide-credit.fixture';

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
