/**
 * Remembers what was used lately: at least half as many entries as it may, and never more. In two halves, of which the older one
 * goes as a whole: a map walks over all that has left it, so that looking for the oldest entry alone would cost more than what
 * is remembered saves.
 */
export class Lru<V> {
  private readonly half: number;
  private recent = new Map<string, V>();
  private before = new Map<string, V>();

  constructor(limit: number) {
    this.half = Math.max(1, Math.floor(limit / 2));
  }

  get(key: string): V | undefined {
    const value = this.recent.get(key);
    if (value !== undefined) return value;
    const older = this.before.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: string, value: V): void {
    if (this.recent.size >= this.half && !this.recent.has(key)) {
      this.before = this.recent;
      this.recent = new Map();
    }
    this.recent.set(key, value);
  }
}
