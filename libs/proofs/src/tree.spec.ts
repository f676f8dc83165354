import fc from 'fast-check';
import {
  Cover,
  Frontier,
  bundleOf,
  bundlePath,
  consistencyProof,
  entriesOf,
  inclusionProof,
  leafHashOf,
  nodesOf,
  parseTilePath,
  provesConsistency,
  provesInclusion,
  rootOf,
  tilePath,
  tilesOf,
  type Tile,
} from './index';
import { nodesInMemory } from './tree.fixture';

const entryOf = (i: number): Buffer => Buffer.from(`entry ${i}`);
const MOST = 700;
const entries = Array.from({ length: MOST }, (_, i) => entryOf(i));
const { node } = nodesInMemory(entries);

describe('building a tree from slices of its leaves', () => {
  it('gives the roots of one that took the leaves one by one, also at the sizes that were asked for', () => {
    const leaves = entries.map((entry) => leafHashOf(entry));
    const cutsOf = fc.array(fc.integer({ min: 1, max: MOST - 1 }), { maxLength: 8 });
    fc.assert(
      fc.property(cutsOf, fc.integer({ min: 1, max: MOST }), (cuts, size) => {
        const [oneByOne, joined] = [new Frontier(), new Frontier()];
        const edges = [0, ...[...new Set(cuts)].sort((a, b) => a - b), MOST];
        for (const [i, from] of edges.slice(0, -1).entries()) {
          const cover = new Cover(from, [size]);
          for (const entry of entries.slice(from, edges[i + 1])) cover.push(String(entry));
          for (const subtree of cover.subtrees) {
            joined.join(subtree);
            while (oneByOne.size < joined.size) oneByOne.push(leaves[oneByOne.size] as Buffer);
            expect(joined.root()).toEqual(oneByOne.root());
          }
          if (from < size && size <= (edges[i + 1] ?? 0))
            expect(sizesAlong(from, cover)).toContain(size);
        }
        expect(joined.size).toBe(MOST);
      }),
    );
  });

  it('takes no subtree that begins elsewhere', () => {
    const cover = new Cover(4, []);
    cover.push(String(entryOf(4)));
    const [subtree] = cover.subtrees;
    if (subtree === undefined) throw new Error('A leaf is a subtree.');
    expect(() => new Frontier().join(subtree)).toThrow('begins where the tree ends');
  });

  it('hashes a text as its bytes', () => {
    const text = '{"name":"São Paulo 日本"}';
    expect(leafHashOf(text)).toEqual(leafHashOf(Buffer.from(text)));
  });
});

const sizesAlong = (from: number, { subtrees }: Cover): readonly number[] => {
  let size = from;
  return subtrees.map(({ level }) => (size += 2 ** level));
};

describe('proving what stands in a log', () => {
  it('leads from every leaf to the root, and from no other leaf', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: MOST }), fc.nat(), async (size, place) => {
        const index = place % size;
        const proof = await inclusionProof(index, size, node);
        const root = await rootOf(size, node);
        const leaf = leafHashOf(entryOf(index));
        const placed = { index, size, leaf, root };
        expect(provesInclusion(placed, proof)).toBe(true);
        expect(provesInclusion({ ...placed, leaf: leafHashOf(entryOf(index + 1)) }, proof)).toBe(
          false,
        );
        expect(provesInclusion({ ...placed, index: (index + 1) % size }, proof)).toBe(size === 1);
        if (proof.length > 0) {
          expect(provesInclusion(placed, proof.slice(1))).toBe(false);
          const flipped = proof.map((hash, i) => (i === 0 ? flip(hash) : hash));
          expect(provesInclusion(placed, flipped)).toBe(false);
        }
      }),
    );
  });

  it('leads from every smaller tree to every larger one, and to no other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: MOST }),
        fc.integer({ min: 1, max: MOST }),
        async (one, other) => {
          const [from, to] = [Math.min(one, other), Math.max(one, other)];
          const earlier = { size: from, root: await rootOf(from, node) };
          const later = { size: to, root: await rootOf(to, node) };
          const proof = await consistencyProof(from, to, node);
          expect(provesConsistency(earlier, later, proof)).toBe(true);
          expect(provesConsistency({ ...earlier, root: flip(earlier.root) }, later, proof)).toBe(
            false,
          );
          expect(provesConsistency(earlier, { ...later, root: flip(later.root) }, proof)).toBe(
            false,
          );
        },
      ),
    );
  });

  it('gives the same root leaf by leaf as at once', async () => {
    const frontier = new Frontier();
    for (const [i, entry] of entries.entries()) {
      frontier.push(leafHashOf(entry));
      if (i % 37 === 0) expect(frontier.root()).toEqual(await rootOf(i + 1, node));
    }
  });
});

describe('storing a tree as tiles', () => {
  it.each([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 1, index: 1000, width: 17 }, 'tile/1/x001/000.p/17'],
    [{ level: 63, index: 5, width: 1 }, 'tile/63/005.p/1'],
  ])('%j is %s', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual({ ...tile, isEntries: false });
  });

  it.each([
    'tile/0/1',
    'tile/0/x000/001',
    'tile/0/001.p/0',
    'tile/0/001.p/256',
    'tile/0/001.p/017',
    'tile/64/000',
    'tile/00/000',
    'tile/-1/000',
    'tile/0/../000',
    'tiles/0/000',
  ])('%s is no tile', (path) => {
    expect(parseTilePath(path)).toBeNull();
  });

  it('of 70,000 leaves are 273 full ones and the rest at the right edge', () => {
    const tiles = tilesOf(70_000);
    expect(tiles.filter(({ level }) => level === 0)).toHaveLength(274);
    expect(tiles.filter(({ width }) => width < 256)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
    expect(parseTilePath(bundlePath(273, 112))).toEqual({
      level: 0,
      index: 273,
      width: 112,
      isEntries: true,
    });
  });

  it('answers from the tiles as from the whole tree', async () => {
    const read = ({ level, index, width }: Tile) =>
      Buffer.concat(
        Array.from({ length: width }, (_, i) => node(8 * level, index * 256 + i) as Buffer),
      );
    for (const [index, size] of [
      [0, 700],
      [255, 256],
      [256, 257],
      [699, 700],
      [300, 513],
    ] as const) {
      const tiled = nodesOf(size, read);
      expect(await inclusionProof(index, size, tiled)).toEqual(
        await inclusionProof(index, size, node),
      );
    }
    expect(await consistencyProof(257, 700, nodesOf(700, read))).toEqual(
      await consistencyProof(257, 700, node),
    );
  });

  it('refuses a tile that is too short', async () => {
    const cut = nodesOf(700, () => Buffer.alloc(31));
    await expect(inclusionProof(3, 700, cut)).rejects.toMatchObject({ code: 'tile_broken' });
  });

  it('reads back the entries of a bundle, and refuses one that was cut', () => {
    const bundle = bundleOf([Buffer.from('a'), Buffer.alloc(0), Buffer.alloc(0xffff, 7)]);
    expect(entriesOf(bundle).map((entry) => entry.length)).toEqual([1, 0, 0xffff]);
    expect(() => entriesOf(bundle.subarray(0, -1))).toThrow(
      expect.objectContaining({ code: 'bundle_broken', facts: { entry: 2 } }),
    );
    expect(() => entriesOf(bundle.subarray(0, 4))).toThrow('within entry 1');
  });
});

const flip = (hash: Buffer): Buffer => {
  const flipped = Buffer.from(hash);
  flipped[0] = (flipped[0] ?? 0) ^ 1;
  return flipped;
};
