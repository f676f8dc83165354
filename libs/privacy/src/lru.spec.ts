import { Lru } from './lru';

describe('remembering what was used last', () => {
  it('keeps what is used, and lets go of what was not used for long', () => {
    const lru = new Lru<number>(4);
    lru.set('used', 1);
    lru.set('unused', 1);
    for (const other of ['a', 'b', 'c', 'd', 'e']) {
      lru.set(other, 2);
      expect(lru.get('used')).toBe(1);
    }
    expect(lru.get('unused')).toBeUndefined();
  });

  it('keeps at least half of what it may, and never more than that', () => {
    const [limit, keys] = [10, Array.from({ length: 57 }, (_, i) => String(i))];
    const lru = new Lru<number>(limit);
    keys.forEach((key, i) => {
      lru.set(key, i);
    });
    // Newest first, so that asking moves nothing out that was not asked for yet.
    const known = [...keys].reverse().map((key) => lru.get(key));
    expect(known.slice(0, limit / 2)).toEqual([56, 55, 54, 53, 52]);
    expect(known.slice(limit).every((value) => value === undefined)).toBe(true);
  });

  it('knows the newer value, wherever the older one was', () => {
    const lru = new Lru<number>(2);
    lru.set('a', 1);
    lru.set('b', 2);
    lru.set('a', 3);
    expect([lru.get('a'), lru.get('b'), lru.get('a')]).toEqual([3, 2, 3]);
  });
});
