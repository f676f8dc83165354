import { type Sample, type Variant, alternate, median, percentile, ratioOf } from './rounds';

describe('comparing what ran side by side', () => {
  it('leaves out the first round and takes the median of the ratios of the others', async () => {
    const [limit, ours] = await alternate(
      [variant('limit', [1000, 10, 20, 40]), variant('ours', [1, 5, 5, 80])],
      { rounds: 3 },
    );
    expect(limit?.ratesPerSecond).toEqual([10, 20, 40]);
    expect(limit && ours && ratioOf(ours, limit)).toBe(0.5);
  });

  it('refuses a ratio between two alternations', async () => {
    const [one] = await alternate([variant('ours', [1, 2])], { rounds: 1 });
    const [other] = await alternate([variant('ours', [1, 2])], { rounds: 1 });
    expect(() => one && other && ratioOf(one, other)).toThrow('did not run side by side');
  });

  it('compares the percentiles of each round', async () => {
    const slow: Variant = { name: 'slow', role: 'limit', run: async () => taking([4, 4, 8]) };
    const fast: Variant = { name: 'fast', role: 'ours', run: async () => taking([1, 1, 2]) };
    const [limit, ours] = await alternate([slow, fast], { rounds: 2 });
    expect(limit && ours && ratioOf(ours, limit, 'p99PerRoundMs')).toBe(0.25);
  });

  it('takes the p95 of each round, as it does the p99: of one slow round alone it would be above that', async () => {
    const upTo = [9_000, 1, 1, 50];
    const run = async () => {
      const slowest = upTo.shift() ?? 0;
      return taking(Array.from({ length: 100 }, (_, i) => i * slowest));
    };
    const [ours] = await alternate([{ name: 'ours', role: 'ours', run }], { rounds: 3 });
    expect(ours?.p95PerRoundMs).toEqual([95, 95, 4_750]);
    expect(ours?.p99PerRoundMs).toEqual([99, 99, 4_950]);
    const [rate] = await alternate([variant('limit', [1, 1])], { rounds: 1 });
    expect(rate?.p95PerRoundMs).toEqual([]);
  });

  it('clears away after every round, the one that warms up included', async () => {
    let rounds = 0;
    const afterRound = async () => void rounds++;
    await alternate([variant('ours', [1, 1, 1])], { rounds: 2, afterRound });
    expect(rounds).toBe(3);
  });
});

describe('percentiles', () => {
  it.each([
    ['the median of an odd number', [3, 1, 2], 0.5, 2],
    ['the upper one of two in the middle', [1, 2, 3, 4], 0.5, 3],
    ['the largest at the top', [1, 2, 3], 1, 3],
    ['nothing of nothing', [], 0.5, Number.NaN],
  ])('are %s', (_, values, at, expected) => {
    expect(percentile(values, at)).toBe(expected);
  });
});

describe('medians', () => {
  it.each([
    ['the middle one of an odd number', [3, 1, 2], 2],
    ['between the two in the middle of an even number', [4, 1, 2, 8], 3],
    ['nothing of nothing', [], Number.NaN],
  ])('are %s', (_, values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

/** One that handles so many things a second, round by round. */
function variant(name: 'limit' | 'ours', rates: readonly number[]): Variant {
  let round = 0;
  return {
    name,
    role: name,
    run: async () => ({ count: rates[round++] ?? Number.NaN, elapsedMs: 1000 }),
  };
}

const taking = (latenciesMs: readonly number[]): Sample => ({
  count: latenciesMs.length,
  elapsedMs: 1000,
  latenciesMs,
});
