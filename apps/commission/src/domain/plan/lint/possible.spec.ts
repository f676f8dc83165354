import * as fc from 'fast-check';
import { compileWhen } from '../../../../engines/v1/conditions';
import type { When } from '../../../../engines/v1/plan';
import type { Situation } from '../../../../engines/v1/situation';
import { isPossible } from './possible';

describe('telling whether a sale can fulfil conditions', () => {
  it('never says no where the engine says yes', () => {
    fc.assert(
      fc.property(
        fc.array(anyWhen, { maxLength: 3 }),
        anyWhen,
        anySale,
        (wanted, unwanted, sale) => {
          const holds = (when: When) => compileWhen(when).holds(sale);
          const happens = wanted.every(holds) && !holds(unwanted);
          expect(!happens || isPossible(wanted, [unwanted])).toBe(true);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it.each<readonly [When, When]>([
    [{ 'customer.country': 'BR' }, { 'customer.country': { in: ['MX', 'AR'] } }],
    [{ 'customer.country': { prefix: 'B' } }, { 'customer.country': 'MX' }],
    [{ 'customer.country': { exists: false } }, { 'customer.country': { prefix: 'M' } }],
    [{ 'line.net': { lte: 999 } }, { 'line.net': { gte: '1000' } }],
    [{ 'line.quantity': { lte: '1.4' } }, { 'line.quantity': { gte: '1.41' } }],
    [{ 'customer.active': true }, { 'customer.active': { eq: false } }],
    [
      { 'time.paidAt': { gte: '2027-01-01T00:00:00-03:00' } },
      { 'time.paidAt': { lte: '2027-01-01T00:00:00Z' } },
    ],
    [{ 'partner.tier': 'certified' }, { 'partner.tier@event': 'strategic' }],
    [{ 'deal.roles': 'sourcing' }, { not: { 'deal.roles': { in: ['sourcing', 'closing'] } } }],
    [{ 'deal.roles': { exists: false } }, { 'deal.roles': 'sourcing' }],
    [
      { not: { any: [{ 'line.billing': 'annual' }, { 'line.billing': 'x' }] } },
      { 'line.billing': 'annual' },
    ],
  ])('knows that %j excludes %j', (one, other) => {
    expect(isPossible([one, other])).toBe(false);
    expect([isPossible([one]), isPossible([other])]).toEqual([true, true]);
  });

  it('knows when one condition leaves nothing of another', () => {
    const regions = [{ 'customer.country': { in: ['BR', 'MX'] } }];
    expect(isPossible([{ 'customer.country': 'BR' }], regions)).toBe(false);
    expect(isPossible([{ 'customer.country': 'AR' }], regions)).toBe(true);
    expect(isPossible([{}], [{}])).toBe(false);
  });

  it('takes for possible what is too much to look at', () => {
    const either = (i: number): When => ({
      any: [{ 'deal.roles': `a${i}` }, { 'deal.roles': `b${i}` }],
    });
    const all = Array.from({ length: 9 }, (_, i) => either(i));
    const never = [{ 'customer.active': true }, { 'customer.active': false }];
    expect(isPossible([...never, ...all])).toBe(false);
    expect(isPossible([...all, ...never])).toBe(true);
  });

  it('compares many rules within the patience of a person', () => {
    const lists = Array.from({ length: 100 }, (_, i) => ({
      any: Array.from({ length: 15 }, (__, j) => ({ 'line.product': `p${i}x${j}` })),
    }));
    const pairs = lists.flatMap((one, i) =>
      lists.slice(0, i).map((other) => isPossible([one, other])),
    );
    expect(pairs).not.toContain(true);
  });
});

const word = fc.constantFrom('a', 'ab', 'b');
const amount = fc.constantFrom('-1', '0', '9', '10', 11);
const anyTest: fc.Arbitrary<When> = fc.oneof(
  fc.record({ 'customer.country': fc.oneof(word, testOf(word)) }),
  fc.record({ 'line.product': fc.record({ prefix: word }) }),
  fc.record({ 'line.net': fc.oneof(testOf(amount), rangeOf(amount)) }),
  fc.record({ 'line.ordinal': rangeOf(fc.constantFrom(1, 2, 3)) }),
  fc.record({ 'customer.active': fc.boolean() }),
  fc.record({ 'deal.roles': fc.oneof(testOf(word), fc.record({ prefix: word })) }),
);

const { when: anyWhen } = fc.letrec<{ readonly when: When }>((tie) => ({
  when: fc.oneof(
    { maxDepth: 2 },
    anyTest,
    fc.record({ not: tie('when') }),
    fc.record({ all: fc.array(tie('when'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ any: fc.array(tie('when'), { minLength: 1, maxLength: 2 }) }),
  ),
}));

function testOf<T>(value: fc.Arbitrary<T>) {
  return fc.oneof(
    fc.record({ eq: value }),
    fc.record({ in: fc.array(value, { minLength: 1, maxLength: 2 }) }),
    fc.record({ exists: fc.boolean() }),
  );
}

function rangeOf<T>(value: fc.Arbitrary<T>) {
  return fc.oneof(
    fc.record({ gte: value }),
    fc.record({ lte: value }),
    fc.record({ between: fc.tuple(value, value) }),
  );
}

/** Only what the conditions above look at. */
const anySale: fc.Arbitrary<Situation> = fc
  .record({
    product: word,
    net: fc.constantFrom('-2', '-1', '0', '9', '10', '11', '12'),
    ordinal: fc.option(fc.integer({ min: 0, max: 4 })),
    customer: fc.record({ country: fc.option(word), active: fc.boolean() }),
    deal: fc.option(fc.record({ id: word, roles: fc.subarray(['a', 'ab', 'b', 'c']) })),
  })
  .map((line) => ({ line }) as unknown as Situation);
