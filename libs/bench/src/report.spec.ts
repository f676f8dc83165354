import { holds, missed } from './report';

const RATE = { floor: 2, aim: 3 };
const LATENCY = { floor: 0.5, aim: 0.2, atMost: true };

describe('judging a figure', () => {
  it.each([
    ['a rate at its floor holds', 2, RATE, 1, true],
    ['a rate below its floor does not', 1.9, RATE, 1, false],
    ['slack lowers the floor of a rate', 1.4, RATE, 0.7, true],
    ['a latency at its ceiling holds', 0.5, LATENCY, 1, true],
    ['a latency above its ceiling does not', 0.6, LATENCY, 1, false],
    ['slack raises the ceiling of a latency', 0.7, LATENCY, 0.7, true],
    ['a figure that could not be measured does not hold', Number.NaN, RATE, 1, false],
    ['a figure without a goal is only reported', 0, undefined, 1, true],
  ])('%s', (_, ratio, goal, slack, expected) => {
    expect(holds({ goal: 'P0', what: 'a figure', ratio }, goal, slack)).toBe(expected);
  });

  it('names every figure below its floor', () => {
    const figures = [
      { goal: 'rate', what: 'ours against the limit', ratio: 1 },
      { goal: 'latency', what: 'ours against the limit', ratio: 0.1 },
    ];
    const section = { title: 'a bench', measured: [], figures };
    const judging = { goals: { rate: RATE, latency: LATENCY }, slack: 1 };
    expect(missed(section, judging)).toEqual(['rate (ours against the limit) is 1.00x']);
  });
});
