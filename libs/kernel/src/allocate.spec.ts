import fc from 'fast-check';
import { allocate } from './allocate';

const total = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
const weights = fc
  .array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 20 })
  .filter((each) => each.some((weight) => weight > 0n));

describe('splitting an amount', () => {
  it('conserves the total', () => {
    fc.assert(
      fc.property(total, weights, (amount, each) => sum(allocate(amount, each)) === amount),
    );
  });

  it('mirrors a negative total', () => {
    fc.assert(
      fc.property(total, weights, (amount, each) => {
        expect(allocate(-amount, each)).toEqual(allocate(amount, each).map((share) => -share));
      }),
    );
  });

  it('gives everyone the exact share but for less than one unit', () => {
    fc.assert(
      fc.property(total, weights, (amount, each) => {
        const all = sum(each);
        for (const [i, share] of allocate(amount, each).entries()) {
          const error = share * all - amount * (each[i] ?? 0n);
          expect(error < all && error > -all).toBe(true);
        }
      }),
    );
  });

  it('gives nothing to a weight of zero', () => {
    fc.assert(
      fc.property(total, weights, (amount, each) => {
        const shares = allocate(amount, [0n, ...each, 0n]);
        expect([shares.at(0), shares.at(-1)]).toEqual([0n, 0n]);
      }),
    );
  });

  it('depends on the ratio of the weights, not on their size', () => {
    fc.assert(
      fc.property(
        total,
        weights,
        fc.bigInt({ min: 1n, max: 10n ** 6n }),
        (amount, each, factor) => {
          expect(
            allocate(
              amount,
              each.map((weight) => weight * factor),
            ),
          ).toEqual(allocate(amount, each));
        },
      ),
    );
  });

  it.each<[string, bigint, bigint[], bigint[]]>([
    ['first touch', 100_001n, [1n, 0n, 0n, 0n, 0n], [100_001n, 0n, 0n, 0n, 0n]],
    ['linear, ties to the earlier', 100_001n, [1n, 1n, 1n], [33_334n, 33_334n, 33_333n]],
    [
      'U of five',
      100_001n,
      [600n, 100n, 100n, 100n, 600n],
      [40_000n, 6_667n, 6_667n, 6_667n, 40_000n],
    ],
    ['U of two', 100_001n, [1n, 1n], [50_001n, 50_000n]],
    ['W of five', 100_001n, [30n, 5n, 30n, 5n, 30n], [30_001n, 5_000n, 30_000n, 5_000n, 30_000n]],
    [
      'full path of six',
      100_001n,
      [225n, 225n, 50n, 225n, 50n, 225n],
      [22_501n, 22_500n, 5_000n, 22_500n, 5_000n, 22_500n],
    ],
    [
      'time decay',
      100_001n,
      [250_000n, 371_499n, 500_000n, 820_335n, 1_000_000n],
      [8_498n, 12_628n, 16_996n, 27_886n, 33_993n],
    ],
    ['60/40 of a deal', 166_667n, [6_000n, 4_000n], [100_000n, 66_667n]],
    ['50/50 of an odd pool', 33_333n, [5_000n, 5_000n], [16_667n, 16_666n]],
    ['40/35/25 of an odd pool', 33_333n, [4_000n, 3_500n, 2_500n], [13_333n, 11_667n, 8_333n]],
    ['nothing', 0n, [1n, 2n], [0n, 0n]],
    ['one unit among three', 1n, [1n, 1n, 1n], [1n, 0n, 0n]],
  ])('%s', (_what, amount, each, shares) => {
    expect(allocate(amount, each)).toEqual(shares);
  });

  it.each<[string, bigint[]]>([
    ['nobody', []],
    ['only weights of zero', [0n, 0n]],
    ['a negative weight', [2n, -1n]],
  ])('refuses to split among %s', (_who, each) => {
    expect(() => allocate(0n, each)).toThrow(expect.objectContaining({ code: 'invalid_weights' }));
  });
});

const sum = (shares: readonly bigint[]): bigint => shares.reduce((all, share) => all + share, 0n);
