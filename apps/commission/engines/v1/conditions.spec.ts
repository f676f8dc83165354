import { compileWhen } from './conditions';
import { FIELDS } from './fields';
import type { When } from './plan';
import type { Situation } from './situation';
import { LATE, counted, line, noon, partner, terms, tiers } from './window.fixture';

const paidAt = noon('03-05');
const value = {
  ...line(paidAt, 100_000).steps[0]!.value,
  productGroup: 'services',
  quantity: '2.5',
  usage: { meter: 'api', quantity: '10' },
  deal: { id: 'd1', roles: ['closing', 'sourcing'] },
};
const situation: Situation = {
  t: LATE,
  paidAt,
  owner: 'p1',
  terms: terms({
    ...tiers(
      [noon('01-01'), 'certified'],
      [noon('03-05'), 'preferred'],
      [noon('03-06'), 'strategic'],
    ),
    measures: [
      counted('lead.accepted', 'l1', noon('03-01')),
      counted('lead.accepted', 'l2', noon('03-05')),
      counted('lead.accepted', 'l3', noon('03-06')),
    ],
  }),
  partner: partner(),
  agreement: undefined,
  line: value,
};

const holds = (when: unknown, of: Situation = situation): boolean =>
  compileWhen(when as When).holds(of);

describe('asking about a line', () => {
  it.each([
    ['eq, in short', { 'partner.type': 'agency' }, { 'partner.type': 'si' }],
    ['eq', { 'customer.country': { eq: 'BR' } }, { 'customer.country': { eq: 'MX' } }],
    ['in', { 'customer.country': { in: ['MX', 'BR'] } }, { 'customer.country': { in: ['MX'] } }],
    ['gte of money', { 'line.net': { gte: '100000' } }, { 'line.net': { gte: 100001 } }],
    ['lte of a decimal', { 'line.quantity': { lte: '2.5' } }, { 'line.quantity': { lte: '2.49' } }],
    ['between', { 'line.ordinal': { between: [1, 2] } }, { 'line.ordinal': { between: [2, 3] } }],
    [
      'between of instants, whatever their offset',
      { 'time.paidAt': { between: ['2026-03-05T12:00:00-03:00', '2026-03-05T15:00:00Z'] } },
      { 'time.paidAt': { gte: '2026-03-05T15:00:00.001Z' } },
    ],
    ['exists', { 'line.billing': { exists: true } }, { 'line.listPrice': { exists: true } }],
    ['exists not', { 'line.listPrice': { exists: false } }, { 'deal.id': { exists: false } }],
    ['prefix', { 'line.product': { prefix: 'su' } }, { 'line.product': { prefix: 'sw' } }],
    ['one of a set', { 'deal.roles': 'closing' }, { 'deal.roles': 'referral' }],
    [
      'a set and a list',
      { 'deal.roles': { in: ['x', 'sourcing'] } },
      { 'deal.roles': { in: ['x'] } },
    ],
    ['a prefix in a set', { 'deal.roles': { prefix: 'clo' } }, { 'deal.roles': { prefix: 'z' } }],
    ['a boolean', { 'customer.active': true }, { 'customer.reactivated': true }],
    ['a decimal, however written', { 'line.usage': '10.0' }, { 'line.usage': '10.1' }],
    [
      'the tier at the payment',
      { 'partner.tier@event': 'preferred' },
      { 'partner.tier': 'strategic' },
    ],
    [
      'a count up to the payment',
      { 'measure.lead.accepted': 2 },
      { 'measure.lead.accepted': { gte: 3 } },
    ],
    [
      'all',
      { all: [{ 'partner.type': 'agency' }, { 'line.billing': 'monthly' }] },
      { all: [{ 'partner.type': 'agency' }, { 'line.billing': 'annual' }] },
    ],
    [
      'any',
      { any: [{ 'partner.type': 'si' }, { 'line.billing': 'monthly' }] },
      { any: [{ 'partner.type': 'si' }, { 'line.billing': 'annual' }] },
    ],
    ['not', { not: { 'partner.type': 'si' } }, { not: { 'partner.type': 'agency' } }],
    [
      'several fields together',
      { 'partner.type': 'agency', 'line.billing': 'monthly' },
      { 'partner.type': 'agency', 'line.billing': 'annual' },
    ],
    [
      'several tests of a field',
      { 'line.net': { gte: '1', lte: '100000' } },
      { 'line.net': { gte: '1', lte: '99999' } },
    ],
  ])('%s', (_what, met, unmet) => {
    expect([holds(met), holds(unmet)]).toEqual([true, false]);
  });

  it('finds nothing in what is absent', () => {
    for (const test of [{ eq: '1' }, { in: ['1'] }, { gte: '0' }, { lte: '9' }])
      expect(holds({ 'line.listPrice': test })).toBe(false);
    expect(holds({ 'line.net': { gte: '0' } }, { ...situation, line: null })).toBe(false);
  });

  it('can ask every field of the list, with a line and without', () => {
    for (const name of FIELDS.keys())
      for (const about of [situation, { ...situation, line: null, partner: undefined }])
        expect(
          holds({ any: [{ [name]: { exists: true } }, { [name]: { exists: false } }] }, about),
        ).toBe(true);
  });

  it.each([
    ['nothing', undefined, 0],
    ['one field', { 'partner.type': 'agency' }, 1],
    ['all of two', { all: [{ 'partner.type': 'si' }, { 'line.billing': 'x' }] }, 2],
    [
      'the least of any',
      { any: [{ 'partner.type': 'si', 'line.billing': 'x' }, { 'line.product': 'x' }] },
      1,
    ],
    ['not', { not: { 'partner.type': 'si' } }, 1],
  ])('counts how much is asked: %s', (_what, when, specificity) => {
    expect(compileWhen(when as When | undefined).specificity).toBe(specificity);
  });
});

describe('refusing a condition', () => {
  it.each([
    ['a field that is not on the list', { 'partner.name': 'x' }, 'unknown_field'],
    ['a test that does not exist', { 'partner.type': { matches: 'x' } }, 'invalid_condition'],
    ['an order of texts', { 'partner.type': { gte: 'x' } }, 'invalid_condition'],
    ['a prefix of money', { 'line.net': { prefix: '1' } }, 'invalid_condition'],
    ['a text for a count', { 'line.ordinal': '1' }, 'invalid_condition'],
    ['a number for a text', { 'line.product': 1 }, 'invalid_condition'],
    ['a fraction as a number', { 'line.quantity': 1.5 }, 'invalid_condition'],
    ['a list with nothing in it', { 'line.product': { in: [] } }, 'invalid_condition'],
    ['one end', { 'line.net': { between: ['1'] } }, 'invalid_condition'],
    ['a test of nothing', { 'line.net': {} }, 'invalid_condition'],
    ['all of nothing', { all: [] }, 'invalid_condition'],
    ['no object', 'partner.type', 'invalid_condition'],
    ['a moment without an offset', { 'time.paidAt': '2026-01-01' }, 'invalid_instant'],
    ['exists maybe', { 'line.net': { exists: 'yes' } }, 'invalid_condition'],
  ])('%s', (_what, when, code) => {
    expect(() => compileWhen(when as unknown as When)).toThrow(expect.objectContaining({ code }));
  });
});
