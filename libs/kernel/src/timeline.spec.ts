import fc from 'fast-check';
import { type Instant, instant, instantOfMs } from './instant';
import {
  type Step,
  type Timeline,
  assertTimeline,
  cutAt,
  emptyTimeline,
  mergeTimeline,
  reviseTimeline,
  sameSteps,
  stepAt,
  valueAt,
} from './timeline';

const day = (n: number): Instant => instantOfMs(Date.UTC(2026, 0, n));
const told = <V>(...steps: Step<V>[]): Timeline<V> => reviseTimeline<V>(emptyTimeline, steps);

const anyDay = fc.integer({ min: 1, max: 12 }).map(day);
/** One value per place, as one decision has one. */
const steps = fc.uniqueArray(
  fc
    .record({
      at: anyDay,
      from: fc.option(anyDay, { nil: undefined }),
      value: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ at, from, value }): Step<number> =>
      from === undefined ? { at, value } : { at, from, value },
    ),
  { selector: ({ at, from = at }) => `${at} ${from}`, maxLength: 12 },
);
const shuffled = <T>(items: readonly T[]) =>
  fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });

describe('reading what holds', () => {
  // Certified since the 1st; on the 20th a decision raises the tier for sales paid from the 10th on.
  const standing = told(
    { at: day(1), value: 'certified' },
    { at: day(20), from: day(10), value: 'preferred' },
  );

  it.each([
    ['before anything was true', day(0), day(5), undefined],
    ['for a sale before the decision, seen before it', day(15), day(12), 'certified'],
    ['for the same sale, seen after it', day(20), day(12), 'preferred'],
    ['for a sale that the decision does not govern', day(25), day(9), 'certified'],
    ['at the very moment that a decision governs from', day(25), day(10), 'preferred'],
    ['for a sale from before the first step', day(25), day(0), undefined],
  ])('%s', (_when, t, paidAt, tier) => {
    expect(valueAt(standing, t, paidAt)).toBe(tier);
  });

  it('needs no paidAt where no step governs by it', () => {
    const line = told(
      { at: day(1), value: 100 },
      { at: day(5), value: 60 },
      { at: day(9), value: 0 },
    );
    expect([day(0), day(1), day(4), day(5), day(30)].map((t) => valueAt(line, t))).toEqual([
      undefined,
      100,
      100,
      60,
      0,
    ]);
    expect(stepAt(line, day(6))).toEqual({ at: day(5), value: 60 });
    expect(valueAt(emptyTimeline, day(1))).toBeUndefined();
  });

  it('refuses to guess a paidAt', () => {
    expect(() => valueAt(standing, day(25))).toThrow(
      expect.objectContaining({ code: 'paid_at_required' }),
    );
  });

  it('is the last step with at <= t and from <= paidAt, whatever the timeline', () => {
    fc.assert(
      fc.property(steps, anyDay, anyDay, (each, t, paidAt) => {
        const timeline = told(...each);
        const holding = timeline.steps.filter(({ at, from = at }) => at <= t && from <= paidAt);
        expect(valueAt(timeline, t, paidAt)).toBe(holding.at(-1)?.value);
      }),
    );
  });

  it('is the same in the timeline cut at that time', () => {
    fc.assert(
      fc.property(steps, anyDay, anyDay, anyDay, (each, t, later, paidAt) => {
        const timeline = told(...each);
        const cut = cutAt(timeline, t);
        expect(cut.steps.every(({ at }) => at <= t)).toBe(true);
        expect(cutAt(cut, t)).toEqual(cut);
        const until = later < t ? later : t;
        expect(valueAt(cut, until, paidAt)).toBe(valueAt(timeline, until, paidAt));
      }),
    );
  });
});

describe('telling a history again', () => {
  it('does not depend on the order of arrival, nor on doubles', () => {
    fc.assert(
      fc.property(
        steps.chain((each) => fc.tuple(fc.constant(each), shuffled(each), fc.subarray(each))),
        ([each, other, doubles]) => {
          expect(told(...other, ...doubles)).toEqual(told(...each));
        },
      ),
    );
  });

  it('is a new revision only when something changed', () => {
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const first = told(...before);
        const second = reviseTimeline(first, after);
        const changed = !sameSteps(first, told(...after));
        expect(second.revision).toBe(first.revision + (changed ? 1 : 0));
        if (!changed) expect(second).toBe(first);
        expect(reviseTimeline(second, after)).toBe(second);
      }),
    );
  });

  it('has one form: a from that equals at is left out', () => {
    const timeline = told({ at: day(3), from: day(3), value: 1 });
    expect(timeline).toEqual({ revision: 1, steps: [{ at: day(3), value: 1 }] });
    expect(reviseTimeline(timeline, [{ at: day(3), value: 1 }])).toBe(timeline);
  });

  it('is not even a first revision when there is nothing to tell', () => {
    expect(reviseTimeline<number>(emptyTimeline, [])).toBe(emptyTimeline);
  });

  it('takes back what is no longer true', () => {
    const timeline = told({ at: day(1), value: 'a' }, { at: day(2), value: 'b' });
    expect(reviseTimeline(timeline, [{ at: day(1), value: 'a' }])).toEqual({
      revision: 2,
      steps: [{ at: day(1), value: 'a' }],
    });
  });

  it('refuses two values at one place, because the order of arrival would decide', () => {
    expect(() => told({ at: day(1), value: 'a' }, { at: day(1), value: 'b' })).toThrow(
      expect.objectContaining({ code: 'invalid_timeline' }),
    );
    expect(
      told({ at: day(1), value: 'a' }, { at: day(1), from: day(2), value: 'b' }).steps,
    ).toHaveLength(2);
  });
});

describe('keeping what another service told', () => {
  it('ends with the newest revision in any order of arrival, doubles included', () => {
    const revisions = fc.array(steps, { minLength: 1, maxLength: 6 }).map((each) => {
      const all: Timeline<number>[] = [];
      for (const one of each) all.push(reviseTimeline(all.at(-1) ?? emptyTimeline, one));
      return all;
    });
    fc.assert(
      fc.property(
        revisions.chain((all) => fc.tuple(fc.constant(all), shuffled([...all, ...all]))),
        ([all, arriving]) => {
          const held = arriving.reduce(
            (before, now) => mergeTimeline(before, now),
            emptyTimeline as Timeline<number>,
          );
          expect(held).toEqual(all.at(-1));
        },
      ),
    );
  });

  it('calls one revision with two contents a contradiction', () => {
    expect(() =>
      mergeTimeline(told({ at: day(1), value: 1 }), told({ at: day(1), value: 2 })),
    ).toThrow(expect.objectContaining({ code: 'timeline_contradiction', facts: { revision: 1 } }));
  });
});

describe('checking a timeline that came from elsewhere', () => {
  it('accepts what we tell ourselves, after a way through JSON', () => {
    fc.assert(
      fc.property(steps, (each) => {
        const timeline: unknown = JSON.parse(JSON.stringify(told(...each)));
        expect(() => assertTimeline(timeline)).not.toThrow();
      }),
    );
  });

  const at = instant('2026-01-01T00:00:00Z');
  it.each<[string, unknown]>([
    ['nothing', null],
    ['a list', []],
    ['no revision', { steps: [] }],
    ['a revision that is no count', { revision: 1.5, steps: [] }],
    ['steps without a revision', { revision: 0, steps: [{ at, value: 1 }] }],
    ['no steps', { revision: 1 }],
    ['a step that is no object', { revision: 1, steps: [7] }],
    ['a step without a time', { revision: 1, steps: [{ value: 1 }] }],
    [
      'a time with an offset',
      { revision: 1, steps: [{ at: '2026-01-01T00:00:00-03:00', value: 1 }] },
    ],
    [
      'a day that does not exist',
      { revision: 1, steps: [{ at: '2026-02-30T00:00:00.000Z', value: 1 }] },
    ],
    ['a from that is no time', { revision: 1, steps: [{ at, from: 'now', value: 1 }] }],
    ['a step without a value', { revision: 1, steps: [{ at }] }],
    [
      'steps that descend',
      {
        revision: 1,
        steps: [
          { at: day(2), value: 1 },
          { at: day(1), value: 1 },
        ],
      },
    ],
    [
      'one place twice',
      {
        revision: 1,
        steps: [
          { at, value: 1 },
          { at, from: at, value: 1 },
        ],
      },
    ],
  ])('refuses %s', (_what, value) => {
    expect(() => assertTimeline(value)).toThrow(
      expect.objectContaining({ code: 'invalid_timeline' }),
    );
  });
});
