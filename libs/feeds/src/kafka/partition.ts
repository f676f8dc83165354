const SEED = 0x9747b28c | 0;
const M = 0x5bd1e995;

/** The partition that every Kafka client in every language puts this key into, so that others may write beside us. */
export const partitionOf = (key: string, partitions: number): number =>
  (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;

/** MurmurHash2 with the seed that Kafka fixed. */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes;
  const at = (i: number): number => bytes[i] ?? 0;
  let h = SEED ^ length;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    let k = at(i) | (at(i + 1) << 8) | (at(i + 2) << 16) | (at(i + 3) << 24);
    k = Math.imul(k, M);
    k = Math.imul(k ^ (k >>> 24), M);
    h = Math.imul(h, M) ^ k;
  }
  if (i < length) {
    h = Math.imul(h ^ (at(i) | (at(i + 1) << 8) | (at(i + 2) << 16)), M);
  }
  h = Math.imul(h ^ (h >>> 13), M);
  return h ^ (h >>> 15);
}
