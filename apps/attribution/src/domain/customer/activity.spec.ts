import { instant } from '@tributary/kernel';
import { MOST_ACTIVITY_STEPS, type SubscriptionNote, activityOf } from './activity';

describe('telling whether a customer is active', () => {
  it('takes one who has only paid as active from the first payment on', () => {
    expect(activityOf([], null)).toEqual([]);
    expect(activityOf([], on(3))).toEqual([
      {
        at: on(3),
        value: { active: true, reactivated: false, mrr: null, asset: null, interval: null },
      },
    ]);
  });

  it('adds up subscriptions of one asset, and none of another', () => {
    const notes = [
      started('a', 1, '500'),
      started('b', 2, '200'),
      { ...started('c', 3, '900'), asset: 'USD/2' },
    ];
    expect(shown(notes)).toEqual([
      [on(1), true, false, '500'],
      [on(2), true, false, '700'],
    ]);
  });

  it('is active again after all subscriptions had ended', () => {
    const notes = [
      started('a', 1, '500'),
      ended('a', 5),
      started('b', 9, '300'),
      changed('b', 11, '400'),
    ];
    expect(shown(notes)).toEqual([
      [on(1), true, false, '500'],
      [on(5), false, false, '0'],
      [on(9), true, true, '300'],
      [on(11), true, true, '400'],
    ]);
  });

  it('is never inactive while one subscription replaces another at the same moment', () => {
    expect(shown([started('a', 1, '500'), ended('a', 5), started('b', 5, '500')])).toEqual([
      [on(1), true, false, '500'],
    ]);
  });

  it('does not depend on the order in which notes arrive, and leaves out what was taken back', () => {
    const notes = [
      started('a', 1, '500'),
      changed('a', 3, '800'),
      ended('a', 5),
      started('a', 7, '100'),
    ];
    expect(activityOf([...notes].reverse(), null)).toEqual(activityOf(notes, null));
    const without = { ...changed('a', 3, '800'), change: 'withdrawn' } as const;
    expect(shown([notes[0] as SubscriptionNote, without])).toEqual([[on(1), true, false, '500']]);
  });

  it('keeps the latest of very many changes', () => {
    const many = Array.from({ length: 300 }, (_, i) => changed('a', 1 + i / 100, String(i)));
    const steps = activityOf(many, null);
    expect(steps).toHaveLength(MOST_ACTIVITY_STEPS);
    expect(steps.at(-1)?.value.mrr).toBe('299');
  });
});

function on(day: number) {
  const ms = Date.UTC(2026, 0, 1) + Math.round(day * 86_400_000);
  return instant(new Date(ms).toISOString());
}

const noteOf = (
  subscription: string,
  day: number,
  change: SubscriptionNote['change'],
  mrr: string | null,
): SubscriptionNote => {
  const item = `${subscription}${String(day)}${change}`;
  const fact = { factId: item, hash: 'h' };
  const terms = { mrr, asset: mrr && 'BRL/2', interval: mrr && 'month' };
  return { subscription, item, fact, change, at: on(day), ...terms };
};
const started = (subscription: string, day: number, mrr: string) =>
  noteOf(subscription, day, 'started', mrr);
const changed = (subscription: string, day: number, mrr: string) =>
  noteOf(subscription, day, 'changed', mrr);
const ended = (subscription: string, day: number) => noteOf(subscription, day, 'canceled', null);

const shown = (notes: readonly SubscriptionNote[]) =>
  activityOf(notes, null).map(({ at, value: { active, reactivated, mrr } }) => [
    at,
    active,
    reactivated,
    mrr,
  ]);
