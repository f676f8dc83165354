import type { PreparedEvent } from '@tributary/kernel';
import { facts, someStream } from '../contract/facts.fixture';
import { pendingOf } from './pending';
import { RecentWrites } from './recent-writes';

const VERDICT = { resolve: () => undefined, reject: () => undefined };
const AT_MS = Date.parse('2026-03-20T12:00:00.250Z');

const line = (events: readonly PreparedEvent[]) =>
  pendingOf({ stream: someStream(), expected: 'none', events }, AT_MS, VERDICT);

describe('what was written last', () => {
  it('goes on behind whatever somebody has looked at, through to the end of its write', () => {
    const recent = new RecentWrites();
    const [one, two] = [line(facts(2)), line(facts(1))];
    recent.note([one, two], 10n, 13n);
    const found = recent.after(11n, {});
    expect(
      found?.events.map(({ position, revision, stream }) => [position, revision, stream]),
    ).toEqual([
      [12n, 1n, one.stream],
      [13n, 0n, two.stream],
    ]);
    expect(found?.through).toBe(13n);
    // Another process may have written what comes next.
    expect(found?.caughtUp).toBe(false);
    expect(found?.events[0]?.recordedAt).toBe('2026-03-20T12:00:00.250Z');
  });

  it('is not known to whoever stands elsewhere, and no gap is passed over', () => {
    const recent = new RecentWrites();
    recent.note([line(facts(2))], 20n, 22n);
    recent.note([line(facts(2))], 10n, 12n);
    expect([9n, 12n, 19n, 22n].map((at) => recent.after(at, {}))).toEqual(Array(4).fill(undefined));
    expect(recent.after(10n, {})?.through).toBe(12n);
    expect(recent.after(20n, {})?.through).toBe(22n);
  });

  it('moves on also where a filter leaves nothing', () => {
    const recent = new RecentWrites();
    recent.note([line(facts(2))], 0n, 2n);
    expect(recent.after(0n, { categories: ['other'] })).toEqual({
      ...{ events: [], through: 2n, caughtUp: false },
    });
  });

  it('is forgotten when it is old, and was never kept when it was large', () => {
    const recent = new RecentWrites();
    for (let base = 0n; base < 40n; base++) recent.note([line(facts(1))], base, base + 1n);
    expect(recent.after(0n, {})).toBeUndefined();
    expect(recent.after(39n, {})?.through).toBe(40n);
    recent.note([line(facts(1_001))], 40n, 1_041n);
    expect([39n, 40n].map((at) => recent.after(at, {}))).toEqual([undefined, undefined]);
  });
});
