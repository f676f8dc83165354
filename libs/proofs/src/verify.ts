import { type Digest, largestPowerOfTwoBelow, nodeHashOf } from './tree';

const DIGEST_BYTES = 32;

/** Whether the leaf stands at this place in the tree with this root (RFC 9162, 2.1.3.2). */
export function provesInclusion(
  { index, size, leaf, root }: Placed,
  proof: readonly Digest[],
): boolean {
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  if (!areDigests([leaf, root, ...proof])) return false;
  let [node, last] = [index, size - 1];
  let hash = leaf;
  for (const sister of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHashOf(sister, hash);
      // A node without a right sister is its own parent, as often as needed.
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, half(last)];
    } else {
      hash = nodeHashOf(hash, sister);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && hash.equals(root);
}

export interface Placed {
  readonly index: number;
  readonly size: number;
  readonly leaf: Digest;
  readonly root: Digest;
}

export interface Sized {
  readonly size: number;
  readonly root: Digest;
}

/** Whether the later tree begins with the leaves of the earlier one (RFC 9162, 2.1.4.2). */
export function provesConsistency(earlier: Sized, later: Sized, proof: readonly Digest[]): boolean {
  if (!isCount(earlier.size) || !isCount(later.size)) return false;
  if (!areDigests(proof)) return false;
  // Every tree begins with the empty one, so that says nothing.
  if (earlier.size === 0 || earlier.size > later.size) return false;
  if (earlier.size === later.size) return proof.length === 0 && earlier.root.equals(later.root);

  // An earlier tree that is one complete subtree is the first step itself, and is left out of the proof.
  const isComplete = largestPowerOfTwoBelow(earlier.size + 1) === earlier.size;
  const [first, ...rest] = isComplete ? [earlier.root, ...proof] : proof;
  const roots = first && rootsAlong(earlier.size, later.size, first, rest);
  return roots !== undefined && roots.before.equals(earlier.root) && roots.after.equals(later.root);
}

/** The roots of both trees, as the proof has them; undefined where it is too short or too long. */
function rootsAlong(
  earlierSize: number,
  laterSize: number,
  first: Digest,
  rest: readonly Digest[],
): { readonly before: Digest; readonly after: Digest } | undefined {
  let [node, last] = [earlierSize - 1, laterSize - 1];
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [before, after] = [first, first];
  for (const hash of rest) {
    if (last === 0) return undefined;
    if (node % 2 === 1 || node === last) {
      before = nodeHashOf(hash, before);
      after = nodeHashOf(hash, after);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, half(last)];
    } else {
      after = nodeHashOf(after, hash);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 ? { before, after } : undefined;
}

const half = (count: number): number => Math.floor(count / 2);
const isCount = (count: number): boolean => Number.isSafeInteger(count) && count >= 0;
const areDigests = (proof: readonly Digest[]): boolean =>
  proof.every((hash) => hash.length === DIGEST_BYTES);
