import { type Instant, instant } from '@tributary/kernel';
import fc from 'fast-check';
import { type Change, MOST_STEP_BYTES, revised, stepsOf } from './history';

interface Light {
  readonly colour: string;
  readonly on: boolean;
}

describe('telling a history that people change, also late', () => {
  it('keeps what a change does not mention, in the order of the world', () => {
    const steps = stepsOf<Light>([
      { at: JANUARY, changed: { colour: 'red', on: false } },
      { at: MARCH, changed: { on: true } },
      { at: FEBRUARY, changed: { colour: 'blue' } },
    ]);
    expect(steps).toEqual([
      { at: JANUARY, value: { colour: 'red', on: false } },
      { at: FEBRUARY, value: { colour: 'blue', on: false } },
      { at: MARCH, value: { colour: 'blue', on: true } },
    ]);
  });

  it('ends in the same timeline in whatever order the changes were told', () => {
    const later = fc.record({
      at: fc.integer({ min: 1, max: 999 }).map(dayAfter),
      changed: fc.oneof(
        fc.record({ colour: fc.constantFrom('red', 'blue') }),
        fc.record({ on: fc.boolean() }),
      ),
    });
    const changes = fc.uniqueArray(later, { selector: ({ at }) => at, maxLength: 12 });
    const arrivals = changes.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    const first: Change<Light> = { at: JANUARY, changed: { colour: 'red', on: false } };
    fc.assert(
      fc.property(arrivals, ([all, permuted]) => {
        expect(stepsOf([first, ...permuted])).toEqual(stepsOf([first, ...all]));
      }),
    );
  });

  it('takes the next free moment for whoever names none', () => {
    const first: Change<Light> = { at: JANUARY, changed: { colour: 'red', on: false } };
    const next = revised([first], { on: true }, { receivedAt: JANUARY });
    expect(next).toMatchObject({ at: '2026-01-01T00:00:00.001Z' });
  });

  it('says when a history has grown too large to be told whole', () => {
    const first: Change<Light> = {
      at: JANUARY,
      changed: { colour: 'x'.repeat(MOST_STEP_BYTES / 2), on: false },
    };
    expect(revised([first], { on: true }, { receivedAt: MARCH })).toMatchObject({
      code: 'history_full',
      limit: MOST_STEP_BYTES,
    });
  });
});

const JANUARY = instant('2026-01-01T00:00:00Z');
const FEBRUARY = instant('2026-02-01T00:00:00Z');
const MARCH = instant('2026-03-01T00:00:00Z');

const dayAfter = (days: number): Instant =>
  instant(`2026-05-01T00:00:00.${String(days).padStart(3, '0')}Z`);
