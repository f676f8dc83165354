/**
 * Appends of one stream follow each other, as they were handed over: calls of their own could overtake each other on the way, and an
 * append that relies on the one before it would be refused. Appends of different streams share a number of places, because a
 * server takes only so many calls at once on a connection.
 */
export class Lanes {
  private readonly tails = new Map<string, Promise<unknown>>();
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  run<T>(lane: string, task: () => Promise<T>): Promise<T> {
    const before = this.tails.get(lane) ?? Promise.resolve();
    const outcome = before.then(
      () => this.inPlace(task),
      () => this.inPlace(task),
    );
    this.tails.set(lane, outcome);
    return outcome.finally(() => {
      if (this.tails.get(lane) === outcome) this.tails.delete(lane);
    });
  }

  private async inPlace<T>(task: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}
