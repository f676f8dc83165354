import { oneAhead } from './one-ahead';

describe('oneAhead', () => {
  it('yields one reading after the other, and nothing of none', async () => {
    const { readings, ...room } = scene(['a', 'b'], [], ['c']);
    expect(await taken(readings, room)).toEqual(['a', 'b', 'c']);
    expect(await taken([].values(), room)).toEqual([]);
  });

  it('begins one ahead, and no more, for a consumer that does little but wait', async () => {
    const { readings, begun, ...room } = scene(['a', 'b'], ['c'], ['d'], ['e']);
    const seen: Record<string, number> = {};
    await taken(readings, room, (value) => (seen[value] = begun().length));
    expect(seen).toEqual({ a: 1, b: 1, c: 3, d: 4, e: 4 });
  });

  it('begins one ahead where a reading that took long had nothing in it', async () => {
    const { readings, begun, ...room } = scene([], ['a'], ['b']);
    const seen: Record<string, number> = {};
    await taken(readings, room, (value) => (seen[value] = begun().length));
    expect(seen).toEqual({ a: 3, b: 3 });
  });

  it('begins none ahead for a consumer that works itself, or where there is no room', async () => {
    const busy = scene(['a'], ['b'], ['c']);
    const full = { ...scene(['a'], ['b'], ['c']), hasRoom: () => false };
    for (const [scene, workMs] of [
      [busy, 10],
      [full, 0],
    ] as const) {
      const seen: number[] = [];
      await taken(scene.readings, scene, () => {
        seen.push(scene.begun().length);
        scene.pass(workMs);
      });
      expect(seen).toEqual([1, 2, 3]);
    }
  });

  it('ends what has begun when it is left early', async () => {
    const { readings, begun, ended, ...room } = scene(['a'], ['b', 'c'], ['d'], ['e']);
    for await (const value of oneAhead(readings, room.hasRoom, room.nowMs))
      if (value === 'b') break;
    expect(begun()).toEqual([0, 1, 2]);
    expect(ended()).toEqual([0, 1, 2]);
  });

  it('fails with the reading that fails, in its turn, and begins no other', async () => {
    const { readings, ended, ...room } = scene(['a'], ['b'], new Error('lost'), ['c']);
    const seen: string[] = [];
    await expect(taken(readings, room, (value) => seen.push(value))).rejects.toThrow('lost');
    expect(seen).toEqual(['a', 'b']);
    expect(ended()).toEqual([0, 1, 2]);
  });

  it('says nothing of a reading ahead that fails where nobody comes to it', async () => {
    const { readings, ended, ...room } = scene(['a'], ['b', 'c'], new Error('lost'));
    for await (const value of oneAhead(readings, room.hasRoom, room.nowMs))
      if (value === 'b') break;
    expect(ended()).toEqual([0, 1, 2]);
  });
});

/** Every value, and the end of every reading, takes a while on a clock of its own. */
const TAKES_MS = 5;

function scene(...contents: readonly (readonly string[] | Error)[]) {
  const begun: number[] = [];
  const ended: number[] = [];
  let clockMs = 0;
  const pass = (ms: number) => (clockMs += ms);
  async function* reading(at: number, content: readonly string[] | Error) {
    begun.push(at);
    try {
      for (const value of content instanceof Error ? [] : content) {
        await Promise.resolve();
        pass(TAKES_MS);
        yield value;
      }
      await Promise.resolve();
      pass(TAKES_MS);
      if (content instanceof Error) throw content;
    } finally {
      ended.push(at);
    }
  }
  return {
    readings: contents.map((content, at) => reading(at, content)).values(),
    hasRoom: () => true,
    nowMs: () => clockMs,
    pass,
    begun: () => [...begun],
    ended: () => ended.toSorted((a, b) => a - b),
  };
}

type Scene = ReturnType<typeof scene>;

async function taken(
  readings: Scene['readings'],
  { hasRoom, nowMs }: Pick<Scene, 'hasRoom' | 'nowMs'>,
  work: (value: string) => unknown = Boolean,
): Promise<string[]> {
  const values: string[] = [];
  for await (const value of oneAhead(readings, hasRoom, nowMs)) {
    values.push(value);
    work(value);
  }
  return values;
}
