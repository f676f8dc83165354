import fc from 'fast-check';
import { PersistentMap } from './persistent-map';

describe('keeping old versions of a large map', () => {
  it('shows every version what it held, whatever is read in between', () => {
    const step = fc.record({
      from: fc.nat(),
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      value: fc.option(fc.integer(), { nil: undefined }),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.array(fc.nat(), { maxLength: 60 }),
        (steps, looks) => {
          const versions = [PersistentMap.empty<number>()];
          const models = [new Map<string, number>()];
          for (const { from, key, value } of steps) {
            const base = from % versions.length;
            const model = new Map(models[base]);
            if (value === undefined) model.delete(key);
            else model.set(key, value);
            const version = versions[base]!;
            versions.push(value === undefined ? version.delete(key) : version.set(key, value));
            models.push(model);
          }
          for (const look of [...looks, ...versions.keys()]) {
            const at = look % versions.length;
            expect(versions[at]!.entries()).toEqual(
              [...models[at]!].sort(([a], [b]) => (a < b ? -1 : 1)),
            );
            expect(versions[at]!.size).toBe(models[at]!.size);
          }
        },
      ),
    );
  });

  it('reads the newest version without copying', () => {
    let map = PersistentMap.of<number>([['k0', 0]]);
    const first = map;
    for (let i = 1; i < 50_000; i++) map = map.set(`k${i}`, i);
    expect(map.size).toBe(50_000);
    expect(first.size).toBe(1);
    expect(map.get('k49999')).toBe(49_999);
  });

  it('keeps maps apart that begin from one empty map, so that none is read through another', () => {
    const empty = PersistentMap.empty<number>();
    let [one, other] = [empty, empty];
    for (let i = 0; i < 20_000; i++) {
      one = one.set(`k${i}`, i);
      other = other.set(`k${i}`, -i);
    }
    expect([one.get('k7'), other.get('k7'), empty.size]).toEqual([7, -7, 0]);
  });
});
