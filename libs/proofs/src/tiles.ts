import { CodedError, invariant } from '@tributary/kernel';
import { type Digest, type NodeReader, nodeHashOf } from './tree';

/** Hashes of 256 neighbours, eight levels of the tree at a time: the form in which the tree is stored and served (C2SP tlog-tiles). */
export interface Tile {
  readonly level: number;
  readonly index: number;
  /** 1 to 256; only the last tile of a level has fewer. */
  readonly width: number;
}

export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;
const DIGEST_BYTES = 32;

/** `tile/0/x001/x234/067`, with `.p/<width>` where it is not full. */
export const tilePath = ({ level, index, width }: Tile): string =>
  `tile/${level}/${placeOf(index, width)}`;

/** Where the entries of a tile of level 0 are served. */
export const bundlePath = (index: number, width: number): string =>
  `tile/entries/${placeOf(index, width)}`;

function placeOf(index: number, width: number): string {
  const groups: string[] = [];
  let rest = index;
  do {
    groups.unshift(String(rest % 1000).padStart(3, '0'));
    rest = Math.floor(rest / 1000);
  } while (rest > 0);
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
  return width === TILE_WIDTH ? path : `${path}.p/${width}`;
}

const PLACE = /^((?:x\d{3}\/)*)(\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** The reverse of the two above; `entries` for a bundle. Null for what is no such path. */
export function parseTilePath(path: string): (Tile & { readonly isEntries: boolean }) | null {
  const [, kind, place] = /^tile\/(entries|\d{1,2})\/(.+)$/.exec(path) ?? [];
  const [, above = '', last, partial] = PLACE.exec(place ?? '') ?? [];
  if (kind === undefined || last === undefined) return null;
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  const index = Number(`${above.replaceAll(/[x/]/g, '')}${last}`);
  const isEntries = kind === 'entries';
  const level = isEntries ? 0 : Number(kind);
  const tile = { level, index, width };
  const isCanonical = (isEntries ? bundlePath(index, width) : tilePath(tile)) === path;
  const isSized = partial === undefined || width < TILE_WIDTH;
  return isCanonical && isSized && level < 64 ? { ...tile, isEntries } : null;
}

/** The tiles of a tree of this size, the partial ones at its right edge included. */
export function tilesOf(size: number): readonly Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0, hashes = size; hashes > 0; level++) {
    for (let index = 0; index * TILE_WIDTH < hashes; index++) {
      tiles.push({ level, index, width: Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH) });
    }
    hashes = Math.floor(hashes / TILE_WIDTH);
  }
  return tiles;
}

/** How many hashes a tile has in a tree of this size; 0: it has not begun. */
export function tileWidth(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}

/** The bytes of a tile in which at least `width` hashes stand. */
export type TileReader = (tile: Tile) => Uint8Array | Promise<Uint8Array>;

/** Answers for any complete subtree from the tiles of a tree of this size; each tile is read once. */
export function nodesOf(size: number, read: TileReader): NodeReader {
  const tiles = new Map<string, Promise<Buffer>>();
  return async (level, index) => {
    const tileLevel = Math.floor(level / TILE_HEIGHT);
    const under = 2 ** (level % TILE_HEIGHT);
    const first = index * under;
    const tileIndex = Math.floor(first / TILE_WIDTH);
    const width = tileWidth(tileLevel, tileIndex, size);
    const tile = { level: tileLevel, index: tileIndex, width };
    const path = tilePath(tile);
    let reading = tiles.get(path);
    if (!reading) {
      reading = Promise.resolve(read(tile)).then((bytes) => checked(tile, bytes));
      tiles.set(path, reading);
    }
    const start = first - tileIndex * TILE_WIDTH;
    return subtreeIn(await reading, start, under);
  };
}

function checked(tile: Tile, bytes: Uint8Array): Buffer {
  if (bytes.length < tile.width * DIGEST_BYTES || bytes.length % DIGEST_BYTES !== 0) {
    throw new CodedError('tile_broken', `${tilePath(tile)} has ${bytes.length} bytes.`, {
      tile: tilePath(tile),
      bytes: bytes.length,
    });
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function subtreeIn(tile: Buffer, start: number, width: number): Digest {
  if (width === 1) {
    const hash = tile.subarray(start * DIGEST_BYTES, (start + 1) * DIGEST_BYTES);
    invariant(hash.length === DIGEST_BYTES, 'the tile holds the subtree');
    return hash;
  }
  const half = width / 2;
  return nodeHashOf(subtreeIn(tile, start, half), subtreeIn(tile, start + half, half));
}

const MOST_ENTRY_BYTES = 0xffff;

/** Entries one after the other, each behind its length in two bytes. */
export function bundleOf(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      invariant(entry.length <= MOST_ENTRY_BYTES, 'an entry fits a bundle');
      const length = Buffer.alloc(2);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );
}

export function entriesOf(bundle: Uint8Array): readonly Buffer[] {
  const bytes = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.length);
  const entries: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = at + 2 <= bytes.length ? at + 2 + bytes.readUInt16BE(at) : Infinity;
    if (end > bytes.length) {
      throw new CodedError('bundle_broken', `The bundle ends within entry ${entries.length}.`, {
        entry: entries.length,
      });
    }
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}
