import { explain } from './due';
import { exactOf } from './line-due';
import { recompute } from './recompute';
import { LATE, keyOf, line, noon, percent, plan, told } from './window.fixture';
import { paidAt } from './rules.fixture';

describe('explaining a number', () => {
  it('shows every step from the terms to the rounding', () => {
    const sale = line(paidAt, 100_001, { productGroup: 'services' });
    const facts = told({
      lines: [sale],
      plan: plan([percent('base', 2500, { when: { 'line.productGroup': 'services' } })]),
    });
    const trace = explain(facts, LATE, keyOf(sale));
    expect(trace?.steps.map(({ step, result }) => [step, result])).toEqual([
      ['terms', null],
      ['basis', '100001'],
      ['match', 'pays'],
      ['percent', '100001/4'],
      ['round', '25000'],
      ['hold', noon('03-19')],
    ]);
    expect(trace?.steps[2]?.inputs).toEqual({
      rule: 'base',
      group: 'base',
      looksAt: { 'line.productGroup': 'services' },
    });
    expect(trace && exactOf(trace.due).toString()).toBe('100001/4');
    expect(trace && recompute(trace)).toEqual({ rounded: 25_000n, mismatches: [] });
  });

  it('notices a step that does not follow', () => {
    const sale = line(paidAt, 100_000);
    const trace = explain(told({ lines: [sale] }), LATE, keyOf(sale));
    const forged = trace?.steps.map((each) =>
      each.step === 'percent' ? { ...each, result: '25001' } : each,
    );
    expect(recompute({ steps: forged ?? [] }).mismatches).toMatchObject([{ recomputed: '25000' }]);
  });

  it('knows nothing about a key that is not in the answer', () => {
    const sale = line(paidAt, 100_000);
    expect(explain(told({ lines: [sale] }), LATE, keyOf(sale, 'other'))).toBeUndefined();
  });
});
