import { APRIL, JANUARY, JULY, matrix, percent } from '../plan.fixture';
import type { PlanDocument } from '../plan-document';
import {
  BANDS,
  agencies,
  bonus,
  found,
  integrations,
  rules,
  schedule,
  starting,
} from './findings.fixture';

type Wrong = readonly [
  code: string,
  pointer: string,
  Partial<PlanDocument>,
  Partial<PlanDocument>[]?,
];

describe('looking over a plan before it is published (M025)', () => {
  const WRONG: readonly Wrong[] = [
    ['versions_overlap', '/effective/from', starting(APRIL), [starting(JANUARY, JULY)]],
    ['versions_overlap', '/effective/from', starting(JANUARY), [{}]],
    ['versions_overlap', '/effective/to', starting(JANUARY), [starting(APRIL)]],
    ['versions_gap', '/effective/from', starting(JULY), [starting(JANUARY, APRIL)]],
    ['versions_gap', '/effective/to', starting(JANUARY, APRIL), [starting(JULY)]],
    ['effective_empty', '/effective/to', starting(APRIL, APRIL)],
    ['retroactive', '/effective/from', starting('2026-11-30T00:00:00Z')],
    ['window_changed', '/window', { ...starting(APRIL), window: 'calendar_year' }, [{}]],
    ['zone_changed', '/timezone', { ...starting(APRIL), timezone: 'UTC' }, [{}]],
    ['currency_changed', '/asset', { ...starting(APRIL), asset: 'USD/2' }, [{}]],
    ['programme_changed', '/programId', { ...starting(APRIL), programId: 'other' }, [{}]],
    ['currency_unknown', '/asset', { asset: 'BRL/3' }],
    ['hold_exceeds_due_days', '/hold/days', { hold: { days: 30, from: 'paidAt' } }],
    ['hold_exceeds_due_days', '/hold/days', { hold: { days: 15, from: 'paidAt' } }],
    [
      'window_too_short',
      '/rules/0/pay/measure/window',
      rules(schedule(BANDS, { measure: { sum: 'credited.net', window: 'calendar_year' } })),
    ],
    [
      'window_too_short',
      '/rules/1/pay/once',
      rules(percent('all', 2500), bonus({ once: 'calendar_year' })),
    ],
    [
      'window_too_short',
      '/limits/0/window',
      { limits: [{ id: 'cap', scope: 'partner', window: 'calendar_year', max: '1' }] },
    ],
    [
      'cap_below_guarantee',
      '/rules/0/line/cap',
      rules(percent('all', 2500, { line: { floor: '500', cap: '499' } })),
    ],
    [
      'cap_below_guarantee',
      '/limits/1/max',
      {
        limits: [
          { id: 'least', scope: 'partner', window: 'calendar_month', min: '100', rules: ['all'] },
          { id: 'most', scope: 'partner', window: 'calendar_quarter', max: '299' },
        ],
      },
    ],
    ['nothing_pays', '/rules', rules(percent('all', 2500, { enabled: false }))],
    ['id_twice', '/rules/1/id', rules(percent('a', 2500), percent('a', 2500, { group: 'b' }))],
    [
      'unknown_rule',
      '/limits/0/rules',
      { limits: [{ id: 'c', scope: 'partner', window: 'calendar_month', max: '1', rules: ['x'] }] },
    ],
    [
      'unknown_field',
      '/rules/0/when/partner.mood',
      rules(percent('all', 2500, { when: { 'partner.mood': 'good' } })),
    ],
    ['unknown_field', '/rules/0/pay/by', rules(matrix('m', 'partner.mood', { '*': 2500 }))],
    [
      'unknown_field',
      '/rules/0/pay/when/count',
      rules(bonus({ when: { count: 'smiles', gte: 1 } })),
    ],
    [
      'unknown_value',
      '/rules/0/when/any/0/partner.type',
      rules(percent('all', 2500, { when: { any: [{ 'partner.type': { in: ['bank', 'si'] } }] } })),
    ],
    [
      'unknown_value',
      '/rules/0/pay/bp/bank',
      rules(matrix('m', 'partner.type', { bank: 2500, '*': 2500 })),
    ],
    [
      'matrix_gap',
      '/rules/0/pay/bp',
      rules(matrix('m', 'partner.tier@event', { certified: 2000, strategic: 3000 })),
    ],
    [
      'matrix_gap',
      '/rules/0/pay/bp',
      rules(matrix('m', 'customer.country', { BR: 2000, MX: 2500 })),
    ],
    [
      'matrix_gap',
      '/rules/0/pay/bp/certified',
      rules(
        matrix('m', ['partner.tier', 'customer.type'], {
          certified: { new: 2000 },
          preferred: { '*': 2500 },
          strategic: { new: 3000, '*': 2500 },
        }),
      ),
    ],
    [
      'matrix_overlap',
      '/rules/1',
      rules(
        matrix('tier', 'partner.tier', { certified: 2000, '*': 2500 }),
        matrix('type', 'customer.type', { new: 3000, '*': 2000 }),
      ),
    ],
    [
      'matrix_overlap',
      '/rules/0/pay/by',
      rules(matrix('m', ['partner.tier', 'partner.tier@event'], { '*': { '*': 2500 } })),
    ],
    [
      'matrix_shape',
      '/rules/0/pay/bp/a~1b',
      rules(matrix('m', 'line.product', { 'a/b': { '*': 2500 }, '*': 2500 })),
    ],
    [
      'matrix_shape',
      '/rules/0/pay/bp/*',
      rules(matrix('m', ['partner.tier', 'line.product'], { '*': 2500 })),
    ],
    [
      'too_many_levels',
      '/rules/0/pay/bp',
      rules(
        matrix('m', 'partner.tier', {
          bronze: 2000,
          silver: 2200,
          gold: 2500,
          platinum: 3000,
          '*': 2000,
        }),
      ),
    ],
    [
      'rule_unreachable',
      '/rules/1',
      rules(
        percent('all', 2500, { priority: 2 }),
        percent('agency', 3000, { when: { 'partner.type': 'agency' } }),
      ),
    ],
    [
      'rule_unreachable',
      '/rules/0',
      { ...agencies, ...rules(percent('si', 2500, { when: { 'partner.type': 'si' } })) },
    ],
    [
      'rule_unreachable',
      '/rules/0',
      rules(
        percent('never', 2500, {
          when: { all: [{ 'line.net': { gte: 10 } }, { 'line.net': { lte: '9' } }] },
        }),
      ),
    ],
    [
      'rule_unreachable',
      '/rules/0/duration/until',
      rules(percent('all', 2500, { duration: { until: '2026-12-31T00:00:00Z' } })),
    ],
    ['rule_unreachable', '/rules/0', rules({ ...bonus({}), when: { 'line.product': 'crm' } })],
    ['ambiguous_winner', '/rules/1', rules(percent('a', 2500), percent('b', 2000))],
    [
      'ambiguous_winner',
      '/rules/1',
      rules(
        percent('country', 2500, { when: { 'customer.country': 'BR' } }),
        percent('annual', 2000, { when: { 'line.billing': 'annual' } }),
      ),
    ],
    ['rate_outside_range', '/rules/0/pay/bp', rules(percent('all', 1900))],
    [
      'rate_outside_range',
      '/rules/0/pay/bp/certified',
      rules(matrix('m', 'partner.tier', { certified: 3100, '*': 2500 })),
    ],
    [
      'rate_outside_range',
      '/rules/0/pay/bands/2/bp',
      rules(schedule([...BANDS.slice(0, 2), { bp: '3000.5' }])),
    ],
    ['rate_outside_range', '/rules/0/pay/bp', { ...integrations, ...rules(percent('share', 800)) }],
    ['rate_unusual', '/rules/0/pay/bp', { ...integrations, ...rules(percent('share', 2500)) }],
    [
      'rate_unusual',
      '/rules/0/pay/bp',
      rules({ ...percent('use', 0), pay: { kind: 'usage_share', meter: 'calls', bp: 1000 } }),
    ],
    [
      'product_rate_outside_range',
      '/rules/0/pay/bp',
      rules(percent('services', 1000, { when: { 'line.productGroup': 'services' } })),
    ],
    [
      'stack_exceeds_basis',
      '/rules/2',
      rules(
        percent('all', 3000),
        percent('kicker', 4000, { stack: true }),
        percent('parent', 3001, { stack: true, payee: 'partner.parent' }),
      ),
    ],
    [
      'pool_of_several_lines',
      '/rules/0/pay',
      { credit: { split: 'pool' }, ...rules(schedule(BANDS)) },
    ],
    [
      'override_of_several_lines',
      '/rules/0/pay',
      rules({ ...schedule(BANDS), payee: 'partner.parent' }),
    ],
    [
      'override_without_line',
      '/rules/1/payee',
      rules(percent('all', 2500), { ...bonus({}), payee: 'partner.parent' }),
    ],
    [
      'not_computable',
      '',
      rules(percent('all', 2500), bonus({ when: { sum: 'credited.net', gte: '0' } })),
    ],
    [
      'override_without_parent',
      '/rules/0/pay/of',
      rules({ ...percent('all', 0), pay: { kind: 'percent', bp: 2500, of: 'basis', levels: 1 } }),
    ],
    [
      'split_not_whole',
      '/rules/0/pay/by/roles',
      rules({
        ...percent('s', 0),
        pay: { kind: 'split', bp: 2000, by: { roles: { sourcing: 6000, closing: 3999 } } },
      }),
    ],
    ['bands_end', '/rules/0/pay/bands/0/upTo', rules(schedule([{ upTo: '5', bp: 2000 }]))],
    ['bands_end', '/rules/0/pay/bands/0/upTo', rules(schedule([{ bp: 2000 }, { bp: 3000 }]))],
    [
      'bands_not_ascending',
      '/rules/0/pay/bands/1/upTo',
      rules(schedule([{ upTo: '5', bp: 2000 }, { upTo: '5', bp: 2500 }, { bp: 3000 }])),
    ],
  ];
  for (const [code, pointer, more, published] of WRONG)
    it(`finds ${code} at ${pointer}`, () => {
      expect(found(more, published)).toEqual([`${code} ${pointer}`]);
    });
});
