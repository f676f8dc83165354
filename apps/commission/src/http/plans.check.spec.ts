import type { JsonObject } from '@tributary/kernel';
import { DOCUMENT } from '../domain/plan/plan.fixture';
import { STARTERS } from '../domain/plan/starters/starters';
import { checkPlan } from './plans.check';

const plain = DOCUMENT as unknown as JsonObject;
const withRule = (rule: JsonObject): JsonObject => ({
  ...plain,
  rules: [{ id: 'all', group: 'base', pay: { kind: 'percent', bp: 2500 }, ...rule }],
});
const paying = (pay: JsonObject): JsonObject => withRule({ pay });
const asking = (when: JsonObject): JsonObject => withRule({ when });

/** A condition in a list of a condition, so many times. */
const nested = (times: number): JsonObject =>
  Array.from({ length: times }).reduce<JsonObject>((when) => ({ all: [when] }), {
    'line.net': '1',
  });

const { asset: _, ...withoutAsset } = plain;

describe('checking the shape of a plan', () => {
  it.each(STARTERS.map(({ id, plan }) => [id, plan] as const))(
    'takes the starter %s',
    (_id, plan) => {
      expect(checkPlan(plan as unknown as JsonObject)).toEqual({ document: plan });
    },
  );

  it.each<readonly [what: string, JsonObject]>([
    ['its schema, and what is absent', { ...plain, $schema: 'plan/1', fx: null, guarantee: null }],
    [
      'an end',
      { ...plain, effective: { from: '2027-01-01T00:00:00Z', to: '2028-01-01T00:00:00Z' } },
    ],
    ['decimal basis points', paying({ kind: 'percent', bp: '2512.5' })],
    [
      'an override',
      withRule({
        payee: 'partner.parent',
        pay: { kind: 'percent', bp: 500, of: 'basis', levels: 1 },
      }),
    ],
    [
      'a table by two fields',
      paying({ kind: 'matrix', by: ['partner.tier', 'customer.type'], bp: { '*': { '*': 2500 } } }),
    ],
    [
      'bands',
      paying({
        kind: 'schedule',
        mode: 'cliff',
        measure: { sum: 'credited.net', window: 'calendar_quarter' },
        bands: [{ upTo: '5', bp: 2000 }, { bp: 2500 }],
      }),
    ],
    [
      'a bonus by count',
      paying({
        kind: 'bonus',
        amount: '5',
        once: 'calendar_quarter',
        when: { count: 'lead.accepted', gte: 5 },
        approval: true,
      }),
    ],
    [
      'a milestone by sum',
      paying({
        kind: 'milestone',
        amount: '5',
        once: 'calendar_month',
        when: { sum: 'credited.net', gte: '100' },
      }),
    ],
    [
      'a split by roles',
      paying({ kind: 'split', bp: 2000, by: { roles: { sourcing: 6000, closing: 4000 } } }),
    ],
    ['a share of usage', paying({ kind: 'usage_share', meter: 'calls', bp: 1500 })],
    ['amounts', paying({ kind: 'per_unit', amount: '100' })],
    ['an amount per order', paying({ kind: 'flat', amount: '100', per: 'order' })],
    [
      'nested conditions',
      asking({ any: [{ 'customer.country': 'BR' }, { not: { 'line.net': { gte: '100' } } }] }),
    ],
    [
      'every kind of test',
      asking({
        'line.product': { prefix: 'crm' },
        'customer.firstPaidAt': { between: ['2026-01-01T00:00:00Z', '2026-02-01T00:00:00-03:00'] },
        'line.quantity': { gte: '1.5', lte: 10 },
        'customer.active': true,
        'deal.roles': { in: ['sourcing'] },
        'customer.type': { exists: false },
      }),
    ],
    ['conditions as deep as they may stand', asking(nested(18))],
    ['a duration', withRule({ duration: { while: 'customer_active', resume: true } })],
  ])('takes %s', (_what, document) => {
    expect(checkPlan(document)).toEqual({ document });
  });

  it.each<readonly [pointer: string, code: string, JsonObject]>([
    ['/asset', 'required', withoutAsset],
    ['/rates', 'unknown_field', { ...plain, rates: [] }],
    ['/planId', 'wrong_format', { ...plain, planId: 'br-commercial' }],
    ['/window', 'not_allowed', { ...plain, window: 'rolling_30_days' }],
    ['/timezone', 'unknown_zone', { ...plain, timezone: 'Brazil' }],
    ['/effective/from', 'wrong_format', { ...plain, effective: { from: '2027-02-30T00:00:00Z' } }],
    ['/effective/from', 'wrong_format', { ...plain, effective: { from: '2026-12-31T23:59:60Z' } }],
    [
      '/effective/to',
      'wrong_type',
      { ...plain, effective: { from: '2027-01-01T00:00:00Z', to: 5 } },
    ],
    ['/hold/days', 'out_of_range', { ...plain, hold: { days: -1, from: 'paidAt' } }],
    ['/rules', 'out_of_range', { ...plain, rules: [] }],
    ['/rules/0/pay/kind', 'not_allowed', paying({ kind: 'lottery' })],
    ['/rules/0/pay/kind', 'required', paying({})],
    ['/rules/0/pay/bp', 'required', paying({ kind: 'percent' })],
    ['/rules/0/pay/bp', 'wrong_type', paying({ kind: 'percent', bp: 25.5 })],
    ['/rules/0/pay/bp', 'wrong_format', paying({ kind: 'percent', bp: '25%' })],
    ['/rules/0/pay/bp', 'out_of_range', paying({ kind: 'percent', bp: -1 })],
    ['/rules/0/pay/rate', 'unknown_field', paying({ kind: 'percent', bp: 2500, rate: 1 })],
    [
      '/rules/0/pay/bands',
      'required',
      paying({
        kind: 'schedule',
        mode: 'cliff',
        measure: { sum: 'credited.net', window: 'calendar_month' },
      }),
    ],
    [
      '/rules/0/pay/when/count',
      'not_allowed',
      paying({
        kind: 'bonus',
        amount: '1',
        once: 'calendar_month',
        when: { count: 'smiles', gte: 5 },
      }),
    ],
    [
      '/rules/0/pay/by',
      'not_allowed',
      paying({ kind: 'matrix', by: 'partner.mood', bp: { good: 2500 } }),
    ],
    ['/rules/0/when/partner.mood', 'unknown_field', asking({ 'partner.mood': 'good' })],
    [
      '/rules/0/when/any/0/not/partner.mood',
      'unknown_field',
      asking({ any: [{ not: { 'partner.mood': 'good' } }] }),
    ],
    ['/rules/0/when/customer.country', 'wrong_type', asking({ 'customer.country': 5 })],
    [
      '/rules/0/when/customer.country/gte',
      'unknown_field',
      asking({ 'customer.country': { gte: 'A' } }),
    ],
    ['/rules/0/when/line.net', 'wrong_format', asking({ 'line.net': 'much' })],
    ['/rules/0/when/line.ordinal/in', 'wrong_type', asking({ 'line.ordinal': { in: 3 } })],
    [
      '/rules/0/pay/when/gte',
      'wrong_format',
      paying({
        kind: 'bonus',
        amount: '1',
        once: 'calendar_month',
        when: { sum: 'credited.net', gte: '0' },
      }),
    ],
    ...['line.net', 'line.ordinal', 'line.quantity'].map(
      (field) =>
        [
          `/rules/0/when/${field}/gte`,
          'out_of_range',
          asking({ [field]: { gte: 2 ** 53 } }),
        ] as const,
    ),
    ['', 'too_deep', asking(nested(19))],
    ['', 'too_deep', asking(nested(5_000))],
    ['/rules/0/duration/while', 'required', withRule({ duration: { resume: true } })],
    [
      '/rules/0/duration/months',
      'unknown_field',
      withRule({ duration: { firstPayments: 2, months: 3 } }),
    ],
  ])('refuses %s: %s', (pointer, code, document) => {
    const checked = checkPlan(document);
    expect(checked).toMatchObject({ errors: [{ pointer, code }], later: [] });
    expect('errors' in checked && checked.errors).toHaveLength(1);
  });

  it('calls by its name what is not available yet, and complains about it once', () => {
    const rule = { id: 'spiff', group: 'spiff', pay: { kind: 'spiff', amount: '1' } };
    const document = { ...plain, fx: { pair: 'USD/BRL' }, rules: [rule] };
    expect(checkPlan(document)).toMatchObject({
      errors: [],
      later: [
        { code: 'not_available_yet', pointer: '/fx' },
        { code: 'not_available_yet', pointer: '/rules/0/pay/kind' },
      ],
    });
  });
});
