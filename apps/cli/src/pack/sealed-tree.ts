import {
  type Checkpoint,
  type Digest,
  TILE_WIDTH,
  type Tile,
  nodeHashOf,
  nodesOf,
  rootOf,
  tilePath,
  tileWidth,
} from '@tributary/proofs';

const DIGEST_BYTES = 32;

/**
 * The tiles that lead from these leaves to the root: those that hold them, those that hold those, and the right edge. They are
 * hashes; nothing of the events of others can be read from them.
 */
export function tilesFor(leaves: Iterable<number>, size: number): readonly Tile[] {
  const tiles: Tile[] = [];
  let wanted = new Set<number>();
  for (const leaf of leaves) wanted.add(Math.floor(leaf / TILE_WIDTH));
  for (let level = 0, hashes = size; hashes > 0; level++) {
    if (hashes % TILE_WIDTH !== 0) wanted.add(Math.floor(hashes / TILE_WIDTH));
    for (const index of [...wanted].sort((a, b) => a - b))
      tiles.push({ level, index, width: tileWidth(level, index, size) });
    const above = [...wanted].filter((index) => tileWidth(level, index, size) === TILE_WIDTH);
    wanted = new Set(above.map((index) => Math.floor(index / TILE_WIDTH)));
    hashes = Math.floor(hashes / TILE_WIDTH);
  }
  return tiles;
}

export interface CheckedTiles {
  /** What does not lead to the root, or is not there. */
  readonly wrong: readonly string[];
  leaf(index: number): Digest | undefined;
}

/** Every tile hangs below another one that hangs, or is the right edge, which together is the root. */
export async function checkTiles(
  { size, root }: Pick<Checkpoint, 'root' | 'size'>,
  leaves: Iterable<number>,
  read: (path: string) => Uint8Array | undefined,
): Promise<CheckedTiles> {
  const wrong: string[] = [];
  const bytesOf = (tile: Tile): Buffer | undefined => {
    const bytes = read(tilePath(tile));
    const isWhole = bytes?.length === tile.width * DIGEST_BYTES;
    return bytes && isWhole ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) : undefined;
  };
  const nodes = nodesOf(size, (tile) => bytesOf(tile) ?? Buffer.alloc(tile.width * DIGEST_BYTES));
  const found = await rootOf(size, nodes);
  if (!found.equals(root))
    wrong.push('the right edge of the tree has another root than was signed');
  for (const tile of tilesFor(leaves, size)) {
    const bytes = bytesOf(tile);
    if (bytes === undefined) wrong.push(`${tilePath(tile)} is missing, or has another length`);
    else if (tile.width === TILE_WIDTH && !(await hangs(tile, size, nodes, bytesOf)))
      wrong.push(`${tilePath(tile)} does not lead to the root`);
  }
  return {
    wrong,
    leaf(index) {
      const tile = Math.floor(index / TILE_WIDTH);
      const start = (index % TILE_WIDTH) * DIGEST_BYTES;
      const width = tileWidth(0, tile, size);
      const hash = bytesOf({ level: 0, index: tile, width })?.subarray(start, start + DIGEST_BYTES);
      return hash?.length === DIGEST_BYTES ? hash : undefined;
    },
  };
}

/** A full tile is one hash of the tile above it. */
async function hangs(
  { level, index }: Tile,
  size: number,
  nodes: ReturnType<typeof nodesOf>,
  bytesOf: (tile: Tile) => Buffer | undefined,
): Promise<boolean> {
  const parent = Math.floor(index / TILE_WIDTH);
  const width = tileWidth(level + 1, parent, size);
  const start = (index % TILE_WIDTH) * DIGEST_BYTES;
  const told = bytesOf({ level: level + 1, index: parent, width })?.subarray(
    start,
    start + DIGEST_BYTES,
  );
  if (told === undefined) return false;
  // The subtree of all 256, from the tile itself: its two halves are the highest that a tile can answer for.
  const own = await subtreeOf(level, index, nodes);
  return own.equals(told);
}

async function subtreeOf(
  level: number,
  index: number,
  nodes: ReturnType<typeof nodesOf>,
): Promise<Digest> {
  const [left, right] = await Promise.all([
    nodes(level * 8 + 7, index * 2),
    nodes(level * 8 + 7, index * 2 + 1),
  ]);
  return nodeHashOf(left, right);
}
