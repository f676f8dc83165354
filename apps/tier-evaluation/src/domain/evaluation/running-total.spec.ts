import { type Instant, instantOfMs } from '@tributary/kernel';
import fc from 'fast-check';
import { type Delta, flipsOfTotal } from './flips';
import { type RunningTotal, flipsOfRunning, totalBefore, withDelta } from './running-total';

const HOUR_MS = 60 * 60 * 1000;
const START_MS = Date.UTC(2026, 0, 1);
const hour = (n: number): Instant => instantOfMs(START_MS + n * HOUR_MS);

const delta = fc
  .tuple(fc.integer({ min: 0, max: 30 }), fc.bigInt({ min: -9n, max: 9n }))
  .map(([n, by]): Delta => ({ at: hour(n), by }));
const deltas = fc.array(delta, { maxLength: 40 });

const totalOf = (of: readonly Delta[]): RunningTotal => of.reduce<RunningTotal>(withDelta, null);

describe('keeping a total that changes over time', () => {
  it('says when it is enough as adding all of it up does', () => {
    fc.assert(
      fc.property(deltas, fc.bigInt({ min: -5n, max: 25n }), (of, least) => {
        expect(flipsOfRunning(totalOf(of), least)).toEqual(flipsOfTotal(of, least));
      }),
    );
  });

  it('says what it came to before a time', () => {
    fc.assert(
      fc.property(deltas, fc.integer({ min: 0, max: 31 }), (of, n) => {
        const before = of.filter(({ at }) => at < hour(n)).reduce((sum, { by }) => sum + by, 0n);
        expect(totalBefore(totalOf(of), hour(n))).toBe(before);
      }),
    );
  });

  it('is the same in any order, and nothing where everything was taken back', () => {
    fc.assert(
      fc.property(
        deltas.chain((of) =>
          fc.tuple(fc.constant(of), fc.shuffledSubarray(of, { minLength: of.length })),
        ),
        ([of, shuffled]) => {
          const total = totalOf(of);
          expect(totalOf(shuffled)).toEqual(total);
          const back = shuffled.map(({ at, by }): Delta => ({ at, by: -by }));
          expect(back.reduce(withDelta, total)).toBeNull();
        },
      ),
    );
  });

  it('leaves what was there before as it was', () => {
    fc.assert(
      fc.property(deltas, delta, (of, another) => {
        const total = totalOf(of);
        const flips = flipsOfRunning(total, 3n);
        withDelta(total, another);
        expect(flipsOfRunning(total, 3n)).toEqual(flips);
        expect(total).toEqual(totalOf(of));
      }),
    );
  });
});

describe('what one more change costs', () => {
  const MANY = 5_000;
  const FEW = 200;
  /** One up, one down, so that the total stays near a threshold of one; every second hour, so that there is room between. */
  const wavering = (count: number): RunningTotal =>
    totalOf(
      Array.from({ length: count }, (_, n): Delta => ({ at: hour(2 * n), by: n % 2 ? -1n : 1n })),
    );
  /** A flat tree of five thousand is thirteen deep; one that comes about by chance, two or three times that. */
  const DEEPEST = 50;

  it.each([FEW, MANY])('is a path through %i of them, wherever it stands', (count) => {
    const total = wavering(count);
    for (const n of [1, count - 1, count, 2 * count - 1, 2 * count + 1]) {
      const looked = counted(total);
      const after = withDelta(looked.total, { at: hour(n), by: 1n });
      expect(after?.sum).toBe(1n);
      expect(looked.changes()).toBeLessThan(DEEPEST);
    }
  });

  it.each([FEW, MANY])('is nothing where none of %i crosses the threshold', (count) => {
    const looked = counted(wavering(count));
    expect(flipsOfRunning(looked.total, 2n)).toEqual([]);
    expect(looked.changes()).toBe(1);
  });

  it.each([FEW, MANY])('is a path for each crossing among %i', (count) => {
    const peak: Delta[] = [
      { at: hour(count + 1), by: 5n },
      { at: hour(count + 3), by: -5n },
    ];
    const looked = counted(peak.reduce(withDelta, wavering(count)));
    expect(flipsOfRunning(looked.total, 5n)).toEqual([hour(count + 1), hour(count + 3)]);
    expect(looked.changes()).toBeLessThan(4 * DEEPEST);
  });
});

/** The same total, and how many different changes of it were looked into. */
function counted(total: RunningTotal): { total: RunningTotal; changes: () => number } {
  const looked = new Set<object>();
  const watched = (of: NonNullable<RunningTotal>): NonNullable<RunningTotal> =>
    new Proxy(of, {
      get(target, name) {
        // What a change knows of those below it is its own; going down to them is what costs.
        looked.add(target);
        const value: unknown = Reflect.get(target, name);
        return (name === 'earlier' || name === 'later') && value !== null
          ? watched(value as NonNullable<RunningTotal>)
          : value;
      },
    });
  return { total: total === null ? null : watched(total), changes: () => looked.size };
}
