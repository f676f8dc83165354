import type { PreparedEvent } from '@tributary/kernel';
import { facts, idsOfEvents, someStream } from '../contract/facts.fixture';
import type { Filter } from '../port';
import { NewestAppends } from './newest-appends';
import { pendingOf } from './pending';

const EVERYTHING: Filter = {};
const AT_MS = Date.parse('2026-03-20T12:00:00.000Z');

const pending = (events: readonly PreparedEvent[], stream = someStream()) =>
  pendingOf({ stream, expected: 'none', events }, AT_MS, {
    resolve: () => undefined,
    reject: () => undefined,
  });

/** Appends of these sizes, one behind the other after a position. */
function noted(newest: NewestAppends, base: bigint, ...sizes: readonly number[]): PreparedEvent[] {
  const lines = sizes.map((size) => pending(facts(size)));
  newest.note(lines, base);
  return lines.flatMap(({ events }) => events);
}

describe('what this process has just stored', () => {
  it('follows right on a position, across batches, with its places in the log and in its streams', () => {
    const newest = new NewestAppends();
    const events = [...noted(newest, 10n, 2, 1), ...noted(newest, 13n, 2)];
    const page = newest.pageAfter(10n, EVERYTHING);
    expect(page).toMatchObject({ through: 15n, caughtUp: true });
    expect(idsOfEvents(page?.events ?? [])).toEqual(idsOfEvents(events));
    expect(page?.events.map(({ position, revision }) => [position, revision])).toEqual([
      [11n, 0n],
      [12n, 1n],
      [13n, 0n],
      [14n, 0n],
      [15n, 1n],
    ]);
  });

  it('is not given to who stands elsewhere: somebody else may have written in between', () => {
    const newest = new NewestAppends();
    noted(newest, 10n, 2);
    noted(newest, 14n, 1);
    for (const position of [0n, 9n, 11n, 13n, 15n, 99n])
      expect(newest.pageAfter(position, EVERYTHING)).toBeUndefined();
  });

  it('says that there is more where somebody else has written before the newest', () => {
    const newest = new NewestAppends();
    noted(newest, 14n, 1);
    noted(newest, 10n, 2);
    expect(newest.pageAfter(10n, EVERYTHING)).toMatchObject({ through: 12n, caughtUp: false });
    expect(newest.pageAfter(14n, EVERYTHING)).toMatchObject({ through: 15n, caughtUp: true });
  });

  it('says that there is more where another process has called from further on, before or after', () => {
    const newest = new NewestAppends();
    newest.hear(13n);
    noted(newest, 10n, 2);
    expect(newest.pageAfter(10n, EVERYTHING)).toMatchObject({ through: 12n, caughtUp: false });
    noted(newest, 13n, 1);
    expect(newest.pageAfter(13n, EVERYTHING)).toMatchObject({ through: 14n, caughtUp: true });
    newest.hear(15n);
    expect(newest.pageAfter(13n, EVERYTHING)).toMatchObject({ through: 14n, caughtUp: false });
  });

  it('moves on where a filter passes nothing', () => {
    const newest = new NewestAppends();
    const wanted = someStream('wanted');
    newest.note([pending(facts(1)), pending(facts(1), wanted)], 0n);
    expect(newest.pageAfter(0n, { categories: ['wanted'] })?.events).toMatchObject([
      { stream: wanted, position: 2n },
    ]);
    expect(newest.pageAfter(0n, { types: ['NeverSaid'] })).toEqual({
      events: [],
      through: 2n,
      caughtUp: true,
    });
  });

  it('comes in pages', () => {
    const newest = new NewestAppends();
    for (let base = 0n; base < 2_400n; base += 600n) noted(newest, base, 600);
    expect(newest.pageAfter(0n, EVERYTHING)).toMatchObject({ through: 600n, caughtUp: false });
    expect(newest.pageAfter(1_800n, EVERYTHING)).toMatchObject({ through: 2_400n, caughtUp: true });
    noted(newest, 2_400n, 1_001);
    expect(newest.pageAfter(2_400n, EVERYTHING)).toBeUndefined();
    expect(newest.pageAfter(1_800n, EVERYTHING)).toMatchObject({
      through: 2_400n,
      caughtUp: false,
    });
  });

  it('forgets the oldest beyond its bytes, also one that is larger than all', () => {
    const { bytes } = pending(facts(2));
    const newest = new NewestAppends(2 * bytes);
    for (const base of [0n, 2n, 4n]) noted(newest, base, 2);
    expect(newest.pageAfter(0n, EVERYTHING)).toBeUndefined();
    expect(newest.pageAfter(2n, EVERYTHING)).toMatchObject({ through: 6n });
    noted(newest, 6n, 9);
    expect(newest.pageAfter(6n, EVERYTHING)).toBeUndefined();
    expect(newest.pageAfter(2n, EVERYTHING)).toMatchObject({ through: 6n, caughtUp: false });
  });

  it('knows how far it came also of what nobody followed, and of what it has forgotten', () => {
    const newest = new NewestAppends();
    noted(newest, 4n, 2);
    newest.note([pending(facts(1))], 6n, false);
    expect(newest.pageAfter(4n, EVERYTHING)).toMatchObject({ through: 6n, caughtUp: false });
    newest.forget();
    expect(newest.pageAfter(4n, EVERYTHING)).toBeUndefined();
    noted(newest, 2n, 2);
    expect(newest.pageAfter(2n, EVERYTHING)).toMatchObject({ through: 4n, caughtUp: false });
  });

  it('hands out data of its own', () => {
    const newest = new NewestAppends();
    const [stated] = noted(newest, 0n, 1);
    const given = newest.pageAfter(0n, EVERYTHING)?.events[0]?.data;
    expect(given).toEqual(stated?.data);
    expect(given).not.toBe(stated?.data);
  });
});
