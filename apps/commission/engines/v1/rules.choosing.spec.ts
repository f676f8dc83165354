import type { Rule } from './plan';
import { dues, line, percent, plan, worth } from './window.fixture';
import { paidAt, customer } from './rules.fixture';

describe('choosing the rule (M025)', () => {
  const facts = (...rules: Rule[]) => ({ plan: plan(rules), lines: [line(paidAt, 100_000)] });
  const chosen = (...rules: Rule[]) => dues(facts(...rules)).map(({ key }) => key.rule);
  const narrow = { when: { 'partner.type': 'agency' } };

  it('the highest priority wins', () => {
    expect(chosen(percent('a', 1, narrow), percent('b', 1, { priority: 1 }))).toEqual(['b']);
  });
  it('then the most specific', () => {
    expect(chosen(percent('a', 1), percent('b', 1, narrow))).toEqual(['b']);
  });
  it('then the first by id, however they are listed', () => {
    expect(chosen(percent('b', 1), percent('a', 1))).toEqual(['a']);
  });
  it('every group has its winner, and what stacks adds (M021)', () => {
    expect(
      chosen(
        percent('a', 1),
        percent('b', 1, { group: 'kicker' }),
        percent('c', 1, { stack: true }),
        percent('d', 1, { stack: true }),
      ),
    ).toEqual(['a', 'b', 'c', 'd']);
  });
  it('a rule that is not enabled is not asked', () => {
    expect(chosen(percent('a', 1, { enabled: false }), percent('b', 1))).toEqual(['b']);
  });
  it('a rule whose time is over leaves the line to the next', () => {
    const first = percent('a', 2500, { priority: 1, limit: { firstPayments: 1 } });
    const lines = [line(paidAt, 100_000, { ordinal: 2 })];
    expect(worth({ plan: plan([first, percent('b', 1000)]), lines })).toEqual([10_000]);
  });
});

describe('how long a rule pays (M024)', () => {
  it.each([
    ['the first payment', { firstPayments: 1 }, {}, true],
    ['the second of one', { firstPayments: 1 }, { ordinal: 2 }, false],
    ['beyond what is counted', { firstPayments: 36 }, { ordinal: null }, false],
    ['while active', { while: 'customer_active' }, {}, true],
    ['once canceled', { while: 'customer_active' }, customer({ active: false }), false],
    ['once reactivated', { while: 'customer_active' }, customer({ reactivated: true }), false],
    [
      'once reactivated, if the plan says so',
      { while: 'customer_active', resume: true },
      customer({ reactivated: true }),
      true,
    ],
    ['before the end', { until: '2026-03-05T12:00:00.001-03:00' }, {}, true],
    ['at the end', { until: '2026-03-05T12:00:00-03:00' }, {}, false],
    ['months, first payment unknown', { months: 1 }, customer({ firstPaidAt: null }), true],
  ] as const)('%s', (_what, duration, more, pays) => {
    const lines = [line(paidAt, 100_000, more)];
    const [due] = dues({ plan: plan([percent('base', 2500, { duration })]), lines });
    expect(due).toMatchObject(
      pays ? { rounded: 25_000n, reason: null } : { rounded: 0n, reason: 'duration_over' },
    );
  });
});
