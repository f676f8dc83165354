import { percentOf } from './funnel.queries';

describe('a rate in percent', () => {
  it.each([
    [20, 100, '20.0'],
    [5, 20, '25.0'],
    [5, 100, '5.0'],
    [1, 3, '33.3'],
    [2, 3, '66.7'],
    [1, 2_000, '0.1'],
    [1, 2_001, '0.0'],
    [0, 7, '0.0'],
    [7, 5, '140.0'],
    [0, 0, null],
    [3, 0, null],
  ])('of %i in %i is %s', (part, whole, rate) => {
    expect(percentOf(part, whole)).toBe(rate);
  });
});
