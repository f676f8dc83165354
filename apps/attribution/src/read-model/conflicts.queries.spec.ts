import { conflictRate } from './conflicts.queries';

describe('the rate of conflicts', () => {
  it.each([
    [1, 20, '5.0', 'red'],
    [1, 21, '4.8', 'green'],
    [0, 7, '0.0', 'green'],
    [7, 7, '100.0', 'red'],
    [124, 2_500, '5.0', 'green'],
    [125, 2_500, '5.0', 'red'],
    [1, 3, '33.3', 'red'],
    [0, 0, null, 'no_data'],
  ])('of %d in %d deals is %s percent and %s', (conflicts, deals, rate, status) => {
    expect(conflictRate(conflicts, deals)).toMatchObject({ rate, status });
  });
});
