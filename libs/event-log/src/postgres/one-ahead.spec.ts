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
    const { readings, ended } = scene(['a'], ['b'], new Error('lost'), ['c']);
    const seen: string[] = [];
    await expect(taken(readings, { work: (value) => seen.push(value) })).rejects.toThrow('lost');
    expect(seen).toEqual(['a', 'b']);
    expect(ended()).toEqual([0, 1, 2]);
  });

  it('says nothing of a reading ahead that fails where nobody comes to it', async () => {
    const { readings, ended } = scene(['a'], ['b', 'c'], new Error('lost'));
    for await (const value of oneAhead(readings, yes)) if (value === 'b') break;
    expect(ended()).toEqual([0, 1, 2]);
  });
});

const yes = () => true;

function scene(...contents: readonly (readonly string[] | Error)[]) {
  const begun: number[] = [];
  const ended: number[] = [];
  async function* reading(at: number, content: readonly string[] | Error) {
    begun.push(at);
    try {
      await Promise.resolve();
      if (content instanceof Error) throw content;
      yield* content;
    } finally {
      ended.push(at);
    }
  }
  return {
    readings: contents.map((content, at) => reading(at, content)).values(),
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
