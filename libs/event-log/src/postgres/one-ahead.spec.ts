import { unavailable } from '@tributary/kernel';
import { oneAhead } from './one-ahead';

describe('oneAhead', () => {
  it('yields one reading after the other, and nothing of none', async () => {
    const { readings } = scene(['a', 'b'], [], ['c', 'd'], ['e', 'f']);
    expect(await taken(readings)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(await taken([].values())).toEqual([]);
  });

  it('begins one ahead, and no more, once there is something of the one before it', async () => {
    const { readings, begun } = scene(['a', 'b'], ['c', 'd'], ['e']);
    const seen: Record<string, readonly number[]> = {};
    await taken(readings, { work: (value) => (seen[value] = begun()) });
    expect(seen).toEqual({ a: [0, 1], b: [0, 1], c: [0, 1, 2], d: [0, 1, 2], e: [0, 1, 2] });
  });

  it('begins none ahead where there is no room', async () => {
    const { readings, begun } = scene(['a'], ['b', 'c'], ['d']);
    const seen: Record<string, readonly number[]> = {};
    await taken(readings, { hasRoom: () => false, work: (value) => (seen[value] = begun()) });
    expect(seen).toEqual({ a: [0], b: [0, 1], c: [0, 1], d: [0, 1, 2] });
  });

  it('ends what has begun when it is left early', async () => {
    const { readings, begun, ended } = scene(['a'], ['b', 'c'], ['d'], ['e']);
    for await (const value of oneAhead(readings, yes)) if (value === 'b') break;
    expect(begun()).toEqual([0, 1, 2]);
    expect(ended()).toEqual([0, 1, 2]);
  });

  it('fails with the reading that fails, in its turn, and begins no other', async () => {
    const { readings, ended } = scene(['a'], ['b'], [new Error('lost')], ['c']);
    const seen: string[] = [];
    await expect(taken(readings, { work: (value) => seen.push(value) })).rejects.toThrow('lost');
    expect(seen).toEqual(['a', 'b']);
    expect(ended()).toEqual([0, 1, 2]);
  });

  it('begins again in its turn what was lost ahead of it, and fails when that is lost, too', async () => {
    const lost = unavailable('PostgreSQL');
    const once = scene(['a'], ['b'], [lost, 'c', 'd'], ['e']);
    expect(await taken(once.readings)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(once.begun()).toEqual([0, 1, 2, 2, 3]);
    expect(once.ended()).toEqual([0, 1, 2, 2, 3]);
    const twice = scene(['a'], [lost, lost, 'b']);
    await expect(taken(twice.readings)).rejects.toBe(lost);
    expect(twice.ended()).toEqual([0, 1, 1]);
  });

  it('begins nothing again of which something was handed on, or that failed in its turn', async () => {
    const lost = unavailable('PostgreSQL');
    const { readings, begun } = scene(['a'], ['b', lost], ['c']);
    const seen: string[] = [];
    await expect(taken(readings, { work: (value) => seen.push(value) })).rejects.toBe(lost);
    expect(seen).toEqual(['a', 'b']);
    expect(begun()).toEqual([0, 1, 2]);
    await expect(taken(scene([lost, 'a']).readings)).rejects.toBe(lost);
  });

  it('says nothing of a reading ahead that fails where nobody comes to it', async () => {
    const { readings, ended } = scene(['a'], ['b', 'c'], [new Error('lost')]);
    for await (const value of oneAhead(readings, yes)) if (value === 'b') break;
    expect(ended()).toEqual([0, 1, 2]);
  });
});

const yes = () => true;

/** An error ends a reading once: begun again, it goes on behind it. */
function scene(...contents: readonly (readonly (string | Error)[])[]) {
  const begun: number[] = [];
  const ended: number[] = [];
  async function* reading(at: number, content: (string | Error)[]) {
    begun.push(at);
    try {
      await Promise.resolve();
      for (let next = content.shift(); next !== undefined; next = content.shift()) {
        if (next instanceof Error) throw next;
        yield next;
      }
    } finally {
      ended.push(at);
    }
  }
  return {
    readings: contents
      .map((content) => [...content])
      .map((content, at) => () => reading(at, content))
      .values(),
    begun: () => [...begun],
    ended: () => ended.toSorted((a, b) => a - b),
  };
}

interface Consumer {
  readonly hasRoom?: () => boolean;
  readonly work?: (value: string) => unknown;
}

async function taken(
  readings: ReturnType<typeof scene>['readings'],
  { hasRoom = yes, work = yes }: Consumer = {},
): Promise<string[]> {
  const values: string[] = [];
  for await (const value of oneAhead(readings, hasRoom)) {
    values.push(value);
    work(value);
  }
  return values;
}
