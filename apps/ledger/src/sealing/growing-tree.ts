import { type Recorded, leafText } from '@tributary/kernel';
import { type Digest, Frontier, TILE_WIDTH, leafHashOf } from '@tributary/proofs';

const TILE_HEIGHT = 8;

/** Where an event stands among the leaves: dense, whatever the positions of the log are. */
export interface Leaf {
  readonly index: number;
  readonly position: bigint;
  readonly stream: string;
  readonly revision: bigint;
}

/** All hashes of a tile so far. A tile that has begun is written again as it grows; a full one never changes. */
export interface StoredTile {
  readonly level: number;
  readonly index: number;
  readonly hashes: Buffer;
}

export interface Grown {
  readonly leaves: readonly Leaf[];
  readonly tiles: readonly StoredTile[];
}

/** The tree over the leaves of all events, of which only its right edge is in memory. */
export class GrowingTree {
  private readonly frontier: Frontier;
  private readonly open = new Map<number, { index: number; hashes: Digest[] }>();
  private readonly changed = new Map<string, StoredTile>();
  private leaves: Leaf[] = [];

  /** `edge`: the tiles that are not full. */
  constructor(size: number, peaks: readonly Digest[], edge: readonly StoredTile[]) {
    this.frontier = new Frontier(size, peaks);
    for (const { level, index, hashes } of edge) {
      const of = Array.from({ length: hashes.length / 32 }, (_, i) =>
        hashes.subarray(i * 32, (i + 1) * 32),
      );
      this.open.set(level, { index, hashes: of });
    }
  }

  get size(): number {
    return this.frontier.size;
  }

  get peaks(): readonly Digest[] {
    return this.frontier.hashes;
  }

  get root(): Digest {
    return this.frontier.root();
  }

  push(event: Recorded): void {
    const { position, stream, revision } = event;
    this.leaves.push({ index: this.size, position, stream, revision });
    this.frontier.push(leafHashOf(Buffer.from(leafText(event))), (level, index, hash) => {
      if (level % TILE_HEIGHT === 0) this.addToTile(level / TILE_HEIGHT, index, hash);
    });
  }

  /** What came since the last time. */
  take(): Grown {
    for (const [level, { index, hashes }] of this.open) {
      if (hashes.length > 0) this.note({ level, index, hashes: Buffer.concat(hashes) });
    }
    const grown = { leaves: this.leaves, tiles: [...this.changed.values()] };
    this.leaves = [];
    this.changed.clear();
    return grown;
  }

  private addToTile(level: number, place: number, hash: Digest): void {
    const index = Math.floor(place / TILE_WIDTH);
    const tile = this.open.get(level) ?? { index, hashes: [] };
    tile.hashes.push(hash);
    if (tile.hashes.length < TILE_WIDTH) {
      this.open.set(level, tile);
      return;
    }
    this.note({ level, index, hashes: Buffer.concat(tile.hashes) });
    this.open.set(level, { index: index + 1, hashes: [] });
  }

  private note(tile: StoredTile): void {
    this.changed.set(`${tile.level} ${tile.index}`, tile);
  }
}
