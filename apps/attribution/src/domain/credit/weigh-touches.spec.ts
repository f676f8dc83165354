import { type Instant, allocate, instantOfMs, msOf } from '@tributary/kernel';
import fc from 'fast-check';
import type { Model } from '../policy/policy-content';
import { decayedWeight } from './decay';
import { weighTouches } from './weigh-touches';

const DAY_SECONDS = 86_400;
const CONVERSION = '2026-03-31T12:00:00.000Z' as Instant;

describe('M005 sharing 100,001 minor units by the model of the programme', () => {
  it.each<readonly [string, Model, History, number[]]>([
    ['first', { kind: 'first' }, touches(5), [100_001, 0, 0, 0, 0]],
    ['last', { kind: 'last' }, touches(5), [0, 0, 0, 0, 100_001]],
    ['linear of 3', { kind: 'linear' }, touches(3), [33_334, 33_334, 33_333]],
    ['U of 5', { kind: 'u' }, touches(5), [40_000, 6_667, 6_667, 6_667, 40_000]],
    ['U of 2', { kind: 'u' }, touches(2), [50_001, 50_000]],
    ['U of 1', { kind: 'u' }, touches(1), [100_001]],
    [
      'W of 5, lead at 3, opportunity at 5',
      { kind: 'w' },
      { ...touches(5), lead: 3, opportunity: 5 },
      [30_001, 5_000, 30_000, 5_000, 30_000],
    ],
    [
      'full path of 6, lead at 2, opportunity at 4',
      { kind: 'full_path' },
      { ...touches(6), lead: 2, opportunity: 4 },
      [22_501, 22_500, 5_000, 22_500, 5_000, 22_500],
    ],
    [
      'time decay, half-life 7 days',
      { kind: 'time_decay', halfLifeDays: 7 },
      { agesInDays: [14, 10, 7, 2, 0] },
      [8_498, 12_628, 16_996, 27_886, 33_993],
    ],
    [
      'custom: the lead has half, the last a quarter, the others the rest',
      { kind: 'custom', weights: { first: 0, lead: 2, opportunity: 0, last: 1, others: 1 } },
      { ...touches(4), lead: 2 },
      [12_500, 50_001, 12_500, 25_000],
    ],
  ])('%s', (_, model, history, expected) => {
    expect(shared(model, history)).toEqual(expected);
  });

  it.each<readonly [string, Model, History, number[]]>([
    [
      'lead and first in one touch',
      { kind: 'w' },
      { ...touches(3), lead: 1, opportunity: 3 },
      [60, 10, 30],
    ],
    ['no opportunity', { kind: 'w' }, { ...touches(2), lead: 2 }, [50, 50]],
    ['no lead, no opportunity', { kind: 'w' }, touches(3), [75, 13, 12]],
    [
      'all roles in one touch',
      { kind: 'full_path' },
      { ...touches(1), lead: 1, opportunity: 1 },
      [100],
    ],
    ['a lead registered before any touch', { kind: 'w' }, { ...touches(2), lead: 0 }, [75, 25]],
    [
      'custom weights of roles that nobody plays',
      { kind: 'custom', weights: { first: 0, lead: 5, opportunity: 0, last: 0, others: 0 } },
      touches(4),
      [25, 25, 25, 25],
    ],
    [
      'touches so old that their weight is nothing',
      { kind: 'time_decay', halfLifeDays: 1 },
      { agesInDays: [80, 60, 40] },
      [0, 0, 100],
    ],
  ])('spreads what a missing role would have had: %s', (_, model, history, expected) => {
    expect(shared(model, history, 100n)).toEqual(expected);
  });
});

describe('losing weight with age', () => {
  it.each([
    [14, 250_000],
    [10, 371_499],
    [7, 500_000],
    [2, 820_335],
    [0, 1_000_000],
  ])('after %i days of a half-life of 7', (days, weight) => {
    expect(decayedWeight(days * DAY_SECONDS, 7)).toBe(weight);
  });

  it('rounds an exact half up', () => {
    expect(decayedWeight(7 * DAY_SECONDS, 1)).toBe(7_813);
  });

  it('is nothing after 21 half-lives, and one millionth before', () => {
    expect(decayedWeight(20 * DAY_SECONDS, 1)).toBe(1);
    expect(decayedWeight(21 * DAY_SECONDS, 1)).toBe(0);
  });

  it('never gains weight with age, second by second', () => {
    const age = fc.integer({ min: 0, max: 400 * DAY_SECONDS });
    const days = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(age, days, (seconds, halfLife) => {
        expect(decayedWeight(seconds + 1, halfLife)).toBeLessThanOrEqual(
          decayedWeight(seconds, halfLife),
        );
      }),
    );
  });

  it('agrees with the exact value, raised to the power of its denominator', () => {
    const quarters = fc.integer({ min: 0, max: 20 * 96 });
    const days = fc.integer({ min: 1, max: 14 });
    fc.assert(
      fc.property(quarters, days, (age, halfLife) => {
        expectExact(decayedWeight(age * 900, halfLife), BigInt(age), BigInt(halfLife * 96));
      }),
      { numRuns: 150 },
    );
  });
});

/** w - 1/2 <= 10^6 x 2^(-a/h) < w + 1/2, without a root: both sides doubled and raised to the power of h. */
function expectExact(weight: number, age: bigint, halfLife: bigint): void {
  const exact = 2_000_000n ** halfLife;
  const doubled = 2n * BigInt(weight);
  if (weight > 0) expect(((doubled - 1n) ** halfLife) << age <= exact).toBe(true);
  expect(((doubled + 1n) ** halfLife) << age > exact).toBe(true);
}

interface History {
  readonly agesInDays: readonly number[];
  /** Which touch led to it, counted from 1; 0: it came before all of them. */
  readonly lead?: number;
  readonly opportunity?: number;
}

function touches(count: number): History {
  return { agesInDays: Array.from({ length: count }, (_, i) => count - i) };
}

const ago = (days: number): Instant => instantOfMs(msOf(CONVERSION) - days * DAY_SECONDS * 1_000);

function shared(model: Model, history: History, total = 100_001n): number[] {
  const { agesInDays, lead, opportunity } = history;
  const at = agesInDays.map((age) => ({ at: ago(age) }));
  const momentOf = (touch: number | undefined) =>
    touch === undefined ? null : touch === 0 ? ago(300) : (at[touch - 1]?.at ?? null);
  const moments = {
    conversionAt: CONVERSION,
    leadAt: momentOf(lead),
    opportunityAt: momentOf(opportunity),
  };
  const weights = weighTouches(at, model, moments);
  return allocate(total, weights.map(BigInt)).map(Number);
}
