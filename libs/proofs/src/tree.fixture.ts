import { type Digest, Frontier, type NodeReader, leafHashOf } from './tree';

/** A whole tree of these entries, every complete subtree of it at hand. */
export function nodesInMemory(entries: readonly Uint8Array[]): {
  readonly frontier: Frontier;
  readonly node: NodeReader;
} {
  const nodes = new Map<string, Digest>();
  const frontier = new Frontier();
  for (const entry of entries) {
    frontier.push(leafHashOf(entry), (level, index, hash) => nodes.set(`${level} ${index}`, hash));
  }
  const node: NodeReader = (level, index) => nodes.get(`${level} ${index}`) as Digest;
  return { frontier, node };
}
