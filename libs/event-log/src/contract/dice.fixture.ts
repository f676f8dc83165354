/** Repeatable randomness (mulberry32). `TEST_SEED` repeats a run. */
export class Dice {
  constructor(private state: number) {}

  static seed(): number {
    const given = process.env['TEST_SEED'];
    return given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
  }

  /** 0 <= n < below */
  below(below: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  oneOf<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('Nothing to choose from.');
    return item;
  }
}
