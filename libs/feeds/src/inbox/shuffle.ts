/** A small generator for tests (mulberry32): the same seed, the same run. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Any order that keeps each stream's own: what a consumer of several partitions may see. */
export function shuffledAcrossStreams<E extends { readonly stream: string }>(
  events: readonly E[],
  random: () => number,
): E[] {
  const byStream = new Map<string, E[]>();
  for (const event of events) {
    const same = byStream.get(event.stream);
    if (same) same.push(event);
    else byStream.set(event.stream, [event]);
  }
  const queues = [...byStream.values()];
  const shuffled: E[] = [];
  while (queues.length > 0) {
    const i = Math.floor(random() * queues.length);
    const queue = queues[i] as E[];
    shuffled.push(queue.shift() as E);
    if (queue.length === 0) queues.splice(i, 1);
  }
  return shuffled;
}
