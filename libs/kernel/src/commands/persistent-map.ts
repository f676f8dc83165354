interface Change<V> {
  readonly key: string;
  readonly had: boolean;
  readonly value: V | undefined;
  readonly newer: PersistentMap<V>;
}

/**
 * A map whose old versions stay usable, for large state behind a decider. The newest version owns a plain `Map`, so reading and
 * writing it cost what a `Map` costs; an older one holds only what to undo, and takes the `Map` back when it is read.
 * So a decision that is not stored is dropped by going on from the version before it.
 */
export class PersistentMap<V> {
  private constructor(private content: Map<string, V> | Change<V>) {}

  static empty<V>(): PersistentMap<V> {
    return new PersistentMap<V>(new Map<string, V>());
  }

  static of<V>(entries: Iterable<readonly [string, V]>): PersistentMap<V> {
    return new PersistentMap<V>(new Map(entries));
  }

  get size(): number {
    return this.own().size;
  }

  get(key: string): V | undefined {
    return this.own().get(key);
  }

  has(key: string): boolean {
    return this.own().has(key);
  }

  set(key: string, value: V): PersistentMap<V> {
    const map = this.own();
    // Whatever begins from one empty map would else be versions of one another, and each would undo all of the others to be read.
    if (map.size === 0) return PersistentMap.of([[key, value]]);
    const before = map.get(key);
    const had = before !== undefined || map.has(key);
    map.set(key, value);
    return this.succeededBy(map, key, had, before);
  }

  delete(key: string): PersistentMap<V> {
    const map = this.own();
    if (!map.has(key)) return this;
    const before = map.get(key);
    map.delete(key);
    return this.succeededBy(map, key, true, before);
  }

  /** In key order: a decision must not depend on the order in which keys arrived. */
  entries(): [string, V][] {
    return [...this.own()].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** What to undo is handed over in pieces: large states are written by hundreds of thousands of these. */
  private succeededBy(
    map: Map<string, V>,
    key: string,
    had: boolean,
    value: V | undefined,
  ): PersistentMap<V> {
    const newer = new PersistentMap<V>(map);
    this.content = { key, had, value, newer };
    return newer;
  }

  /** Walks to the version that owns the map and brings the map back here, turning every step on the way around. */
  private own(): Map<string, V> {
    if (this.content instanceof Map) return this.content;
    const older: PersistentMap<V>[] = [];
    let owner: PersistentMap<V> = this;
    while (!(owner.content instanceof Map)) {
      older.push(owner);
      owner = owner.content.newer;
    }
    const map = owner.content;
    for (const version of older.reverse()) {
      const { key, had, value } = version.content as Change<V>;
      owner.content = { key, had: map.has(key), value: map.get(key), newer: version };
      if (had) map.set(key, value as V);
      else map.delete(key);
      version.content = map;
      owner = version;
    }
    return map;
  }
}
