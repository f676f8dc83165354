import { compilePlan } from './compile';
import type { Pay, Rule } from './plan';
import { percent, plan } from './window.fixture';
import { paying } from './rules.fixture';

describe('refusing a plan that cannot be computed', () => {
  it.each<[string, unknown]>([
    ['an unknown kind', { kind: 'spiff' }],
    ['a rate below zero', { kind: 'percent', bp: -1 }],
    ['a rate with seven places', { kind: 'percent', bp: '1.1234567' }],
    ['a rate that is no whole number', { kind: 'percent', bp: 0.5 }],
    ['an amount below zero', { kind: 'flat', amount: '-1' }],
    ['a matrix by three fields', { kind: 'matrix', by: ['a', 'b', 'c'], bp: {} }],
    ['a matrix by a set', { kind: 'matrix', by: 'deal.roles', bp: { a: 1 } }],
    ['a matrix without rates', { kind: 'matrix', by: 'partner.tier', bp: {} }],
    [
      'half a matrix of two',
      { kind: 'matrix', by: ['partner.tier', 'line.billing'], bp: { a: 1 } },
    ],
    ['roles that are not a whole', { kind: 'split', bp: 1, by: { roles: { a: 1 } } }],
    ['a threshold of nothing', { kind: 'bonus', amount: '1', when: { count: 'x', gte: 0 } }],
    ['an unknown mode', { kind: 'schedule', mode: 'x', measure: {}, bands: [] }],
    ['no bands', { kind: 'schedule', mode: 'cliff', measure: {}, bands: [] }],
    [
      'bands without an end',
      { kind: 'schedule', mode: 'cliff', measure: {}, bands: [{ bp: 1 }, { bp: 2 }] },
    ],
    [
      'bands that descend',
      {
        kind: 'schedule',
        mode: 'cliff',
        measure: {},
        bands: [{ upTo: '2', bp: 1 }, { upTo: '1', bp: 2 }, { bp: 3 }],
      },
    ],
  ])('%s', (_what, pay) => {
    expect(() => compilePlan(paying(pay as Pay))).toThrow(
      expect.objectContaining({ code: 'invalid_rule' }),
    );
  });

  it.each<[string, Partial<Rule>]>([
    ['no months', { duration: { months: 0 } }],
    ['an unknown duration', { duration: {} as never }],
    ['an unknown wait', { duration: { while: 'x' } as never }],
  ])('%s', (_what, more) => {
    expect(() => compilePlan(plan([percent('a', 1, more)]))).toThrow(
      expect.objectContaining({ code: 'invalid_rule' }),
    );
  });

  it('a schedule of a pool, or for a parent', () => {
    const schedule: Pay = {
      kind: 'schedule',
      mode: 'cliff',
      measure: { sum: 'credited.net', window: 'calendar_quarter' },
      bands: [{ bp: 1 }],
    };
    const rule: Rule = { id: 'a', group: 'a', pay: schedule };
    expect(() => compilePlan(plan([rule], { credit: { split: 'pool' } }))).toThrow('pool');
    expect(() => compilePlan(plan([{ ...rule, payee: 'partner.parent' }]))).toThrow('override');
  });

  it('a limit of somebody else', () => {
    const limits = [{ id: 'x', scope: 'programme', window: 'calendar_month' }] as never;
    expect(() => compilePlan(plan(undefined, { limits }))).toThrow('a limit is of a partner');
  });
});
