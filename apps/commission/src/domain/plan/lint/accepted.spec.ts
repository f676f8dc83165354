import { compilePlan } from '../../../../engines/v1/compile';
import { APRIL, JANUARY, matrix, percent, planWith } from '../plan.fixture';
import type { PlanDocument } from '../plan-document';
import { bonus, findings, found, integrations, rules, starting } from './findings.fixture';

type Right = readonly [what: string, Partial<PlanDocument>, Partial<PlanDocument>[]?];

describe('looking over a plan in which nothing is wrong', () => {
  it('finds nothing in a plain one', () => {
    expect(findings({})).toEqual([]);
  });

  const RIGHT: readonly Right[] = [
    ['a version that follows one without an end', starting(APRIL), [{}]],
    ['a version that ends where the next one starts', starting(JANUARY, APRIL), [starting(APRIL)]],
    ['a hold that a run on the 15th still settles in time', { hold: { days: 14, from: 'paidAt' } }],
    [
      'a table that names what its condition leaves',
      rules(
        matrix(
          'm',
          'customer.country',
          { BR: 2000, MX: 2500 },
          { when: { 'customer.country': { in: ['BR', 'MX'] } } },
        ),
      ),
    ],
    [
      'a general rule behind a more specific one',
      rules(percent('all', 2000), percent('agency', 2500, { when: { 'partner.type': 'agency' } })),
    ],
    [
      'rules that exclude each other',
      rules(
        percent('small', 2000, { when: { 'line.net': { lte: 999 } } }),
        percent('large', 2500, { when: { 'line.net': { gte: '1000' } } }),
      ),
    ],
    [
      'overlap below a rule that wins all of it',
      rules(
        percent('all', 2500, { when: { 'customer.country': 'BR', 'line.billing': 'annual' } }),
        percent('country', 2000, { when: { 'customer.country': 'BR' } }),
        percent('annual', 2500, {
          when: { 'line.billing': 'annual', 'customer.country': { in: ['MX'] } },
          priority: 1,
        }),
      ),
    ],
    [
      'a rule behind one that ends',
      rules(
        percent('first', 3000, { priority: 1, duration: { months: 12 } }),
        percent('later', 2000),
      ),
    ],
    [
      'rates for different partners that nobody gets together',
      rules(
        percent('base', 3000),
        percent('a', 4000, { stack: true, when: { 'partner.type': 'agency' } }),
        percent('b', 4000, { stack: true, when: { 'partner.type': 'si' } }),
      ),
    ],
    ['a bonus on top', rules(percent('all', 2500), bonus({}))],
    [
      'a bonus for what was sold of one product',
      rules(percent('all', 2500), {
        ...bonus({ when: { sum: 'credited.net', gte: '1000000' } }),
        when: { 'line.product': 'crm' },
      }),
    ],
    [
      'an override of what the child earned',
      rules(percent('all', 3000), {
        ...percent('parent', 0, { group: 'override', payee: 'partner.parent' }),
        pay: { kind: 'percent', bp: 9000, of: 'child_commission', levels: 1 },
      }),
    ],
    [
      'an end that pays nothing by decision',
      rules(matrix('m', 'customer.country', { BR: 2500, '*': 0 })),
    ],
  ];
  for (const [what, more, published] of RIGHT)
    it(`accepts ${what}, which the engine can compute`, () => {
      expect(found(more, published)).toEqual([]);
      expect(compilePlan(planWith(more))).toBeDefined();
    });
});

describe('what is said of a finding', () => {
  it('names the payment that waits longest for its money', () => {
    const [finding] = findings({ hold: { days: 30, from: 'paidAt' } });
    expect(finding?.detail).toBe(
      'A payment of 2027-02-13 would be settled on 2027-04-19, 20 days after it is due on 2027-03-30.',
    );
  });

  it('lets a second person lift what the programme does not offer, and the past that nobody governed', () => {
    const lifted = [
      ...findings({ ...integrations, ...rules(percent('share', 800)) }),
      ...findings(starting('2026-11-30T00:00:00Z')),
    ];
    expect(lifted.map(({ code, overridable }) => [code, overridable])).toEqual([
      ['rate_outside_range', true],
      ['retroactive', true],
    ]);
  });

  it('lets nobody pay again what another version has paid', () => {
    const [finding] = findings(starting('2026-11-30T00:00:00Z'), [
      starting('2026-01-01T00:00:00Z'),
    ]);
    expect(finding).toMatchObject({ code: 'not_available_yet', overridable: false });
    const after = [starting('2026-01-01T00:00:00Z', '2026-04-01T00:00:00Z')];
    expect(found(starting('2026-04-01T00:00:00Z'), after)).toEqual(['retroactive /effective/from']);
  });
});
