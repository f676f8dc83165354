import { hash } from 'node:crypto';
import { invariant } from '@tributary/kernel';

/** 32 bytes. */
export type Digest = Buffer;

const DIGEST_BYTES = 32;
const LEAF = Buffer.of(0);

/** What a tree without leaves has for a root. It is never signed. */
export const EMPTY_ROOT: Digest = hash('sha256', '', 'buffer');

/** A text stands for its bytes in UTF-8, and spares the buffer that they would be put into. */
export const leafHashOf = (entry: Uint8Array | string): Digest =>
  hash('sha256', typeof entry === 'string' ? `\0${entry}` : Buffer.concat([LEAF, entry]), 'buffer');

/** One for all: a tree has as many nodes as leaves, and hashing does not wait for anything in between. */
const NODE = Buffer.alloc(1 + 2 * DIGEST_BYTES, 1);

export function nodeHashOf(left: Digest, right: Digest): Digest {
  NODE.set(left, 1);
  NODE.set(right, 1 + DIGEST_BYTES);
  return hash('sha256', NODE, 'buffer');
}

/** A complete subtree, with its place among those of its level. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
  readonly hash: Digest;
}

/** The hash of a complete subtree: `level` 0 are leaves, `index` counts the subtrees of that level from the left. */
export type NodeReader = (level: number, index: number) => Digest | Promise<Digest>;

/**
 * A tree that only grows, reduced to what its next root needs: one hash for each bit of its size, the largest subtree first
 * (RFC 6962, 2.1).
 */
export class Frontier {
  private readonly peaks: { readonly level: number; readonly hash: Digest }[] = [];
  private leaves = 0;

  constructor(size = 0, peaks: readonly Digest[] = []) {
    const levels = levelsOf(size);
    invariant(levels.length === peaks.length, 'a frontier has one hash for each bit of its size');
    this.leaves = size;
    this.peaks = levels.map((level, i) => ({ level, hash: peaks[i] as Digest }));
  }

  get size(): number {
    return this.leaves;
  }

  get hashes(): readonly Digest[] {
    return this.peaks.map((peak) => peak.hash);
  }

  /** `completed` is told of every subtree that this leaf completes, itself first. */
  push(leaf: Digest, completed?: (level: number, index: number, hash: Digest) => void): void {
    let index = this.leaves;
    let level = 0;
    let subtree = leaf;
    completed?.(level, index, subtree);
    while (index % 2 === 1) {
      const left = this.peaks.pop();
      invariant(left?.level === level, 'a subtree joins its sister');
      subtree = nodeHashOf(left.hash, subtree);
      index = (index - 1) / 2;
      level++;
      completed?.(level, index, subtree);
    }
    this.peaks.push({ level, hash: subtree });
    this.leaves++;
  }

  /** Takes a complete subtree that begins where the tree ends, as if its leaves had come one by one. */
  join({ level, index, hash: subtree }: Subtree): void {
    const width = 2 ** level;
    invariant(index * width === this.leaves, 'a subtree begins where the tree ends');
    let [at, height, whole] = [index, level, subtree];
    while (at % 2 === 1) {
      const left = this.peaks.pop();
      invariant(left?.level === height, 'a subtree joins its sister');
      whole = nodeHashOf(left.hash, whole);
      at = (at - 1) / 2;
      height++;
    }
    this.peaks.push({ level: height, hash: whole });
    this.leaves += width;
  }

  root(): Digest {
    return joined(this.hashes);
  }
}

interface Standing {
  readonly level: number;
  readonly index: number;
  /** The bytes of its hash as a text. There are as many as leaves, and a buffer for each would cost more than the hashing. */
  readonly bytes: string;
}

/**
 * The fewest complete subtrees of neighbouring leaves that need not begin with the first of the log, none of which goes across one
 * of `sizes`: whoever joins them can stop there and has the root of that size.
 */
export class Cover {
  private readonly standing: Standing[] = [];
  private first: number;

  constructor(
    private next: number,
    private readonly sizes: readonly number[],
  ) {
    this.first = next;
  }

  get subtrees(): readonly Subtree[] {
    return this.standing.map(({ level, index, bytes }) => {
      return { level, index, hash: Buffer.from(bytes, 'latin1') };
    });
  }

  push(entry: string): void {
    if (this.sizes.includes(this.next)) this.first = this.next;
    let [index, level] = [this.next, 0];
    let bytes = hash('sha256', `\0${entry}`, 'binary');
    while (index % 2 === 1 && (index - 1) * 2 ** level >= this.first) {
      const left = this.standing.pop();
      invariant(left?.level === level, 'a subtree joins its sister');
      NODE.write(left.bytes, 1, 'latin1');
      NODE.write(bytes, 1 + DIGEST_BYTES, 'latin1');
      bytes = hash('sha256', NODE, 'binary');
      index = (index - 1) / 2;
      level++;
    }
    this.standing.push({ level, index, bytes });
    this.next++;
  }
}

/** The root of the first `size` leaves. */
export const rootOf = async (size: number, node: NodeReader): Promise<Digest> =>
  rangeHash(0, size, node);

/** The hashes that lead from a leaf to the root, its sister first (RFC 6962, 2.1.1). */
export async function inclusionProof(
  index: number,
  size: number,
  node: NodeReader,
): Promise<readonly Digest[]> {
  invariant(Number.isSafeInteger(index) && index >= 0 && index < size, 'the leaf is in the tree');
  const path: Promise<Digest>[] = [];
  let [from, until] = [0, size];
  while (until - from > 1) {
    const middle = from + largestPowerOfTwoBelow(until - from);
    const isLeft = index < middle;
    path.push(isLeft ? rangeHash(middle, until, node) : rangeHash(from, middle, node));
    if (isLeft) until = middle;
    else from = middle;
  }
  return (await Promise.all(path)).reverse();
}

/** What shows that the larger tree begins with the smaller one (RFC 6962, 2.1.2). */
export async function consistencyProof(
  from: number,
  to: number,
  node: NodeReader,
): Promise<readonly Digest[]> {
  invariant(from > 0 && from <= to, 'the smaller tree has leaves and is no larger');
  if (from === to) return [];
  const path: Promise<Digest>[] = [];
  let [begin, end] = [0, to];
  // Whether the smaller tree has been one complete subtree so far: its hash is then known to who asks.
  while (end !== from) {
    const middle = begin + largestPowerOfTwoBelow(end - begin);
    if (from <= middle) {
      path.push(rangeHash(middle, end, node));
      end = middle;
    } else {
      path.push(rangeHash(begin, middle, node));
      begin = middle;
    }
  }
  if (begin > 0) path.push(rangeHash(begin, end, node));
  return (await Promise.all(path)).reverse();
}

/** The hash of the leaves from `from` up to `until`, which is a subtree of a tree of that shape. */
async function rangeHash(from: number, until: number, node: NodeReader): Promise<Digest> {
  if (until === from) return EMPTY_ROOT;
  const parts: Promise<Digest>[] = [];
  let begin = from;
  while (begin < until) {
    let width = 1;
    let level = 0;
    while (width * 2 <= until - begin && begin % (width * 2) === 0) {
      width *= 2;
      level++;
    }
    parts.push(Promise.resolve(node(level, begin / width)));
    begin += width;
  }
  return joined(await Promise.all(parts));
}

/** Subtrees from the largest to the smallest, joined from the right. */
function joined(peaks: readonly Digest[]): Digest {
  const last = peaks.at(-1);
  return last === undefined
    ? EMPTY_ROOT
    : peaks.slice(0, -1).reduceRight((right, left) => nodeHashOf(left, right), last);
}

function levelsOf(size: number): number[] {
  invariant(Number.isSafeInteger(size) && size >= 0, 'a size counts leaves');
  const levels: number[] = [];
  for (let rest = size, level = 0; rest > 0; level++) {
    if (rest % 2 === 1) levels.unshift(level);
    rest = Math.floor(rest / 2);
  }
  return levels;
}

export function largestPowerOfTwoBelow(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}
