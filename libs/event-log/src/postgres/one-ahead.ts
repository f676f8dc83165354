type Reading<T> = AsyncGenerator<T, void, undefined>;

interface Begun<T> {
  readonly reading: Reading<T>;
  readonly first: Promise<IteratorResult<T, void>>;
}

/**
 * One reading after the other, and two at a time once the consumer was found to do little but wait: where it works itself, a
 * second server would only take turns with it on the same processors.
 */
export async function* oneAhead<T>(
  readings: Iterator<Reading<T>, void>,
  hasRoom: () => boolean,
  nowMs = () => performance.now(),
): AsyncGenerator<T, void, undefined> {
  let isAwaited = false;
  for (let current = begin(readings); current;) {
    const { reading, first } = current;
    const scale = new Scale(nowMs);
    let ahead: Begun<T> | undefined;
    try {
      let next = await scale.waited(first);
      if (isAwaited && hasRoom()) ahead = begin(readings);
      for (; !next.done; next = await scale.waited(reading.next())) yield next.value;
      isAwaited ||= scale.saysItWaits;
      current = ahead ?? begin(readings);
      ahead = undefined;
    } finally {
      // Left early, or failed: what has begun holds what it reads with.
      await Promise.all([reading.return(), ahead?.reading.return()]);
    }
  }
}

function begin<T>(readings: Iterator<Reading<T>, void>): Begun<T> | undefined {
  const { value: reading } = readings.next();
  if (!reading) return undefined;
  const first = reading.next();
  // Awaited when its turn comes; if the consumer leaves before, nobody needs it.
  first.catch(Boolean);
  return { reading, first };
}

/** Waiting against working, from which on a consumer does little but wait. */
const LITTLE_ELSE = 2;

/** Weighs how long a consumer waits against how long it works. */
class Scale {
  private waitedMs = 0;
  private workedMs = 0;
  private sinceMs: number;

  constructor(private readonly nowMs: () => number) {
    this.sinceMs = nowMs();
  }

  async waited<T>(coming: Promise<T>): Promise<T> {
    const askedMs = this.nowMs();
    this.workedMs += askedMs - this.sinceMs;
    const got = await coming;
    this.sinceMs = this.nowMs();
    this.waitedMs += this.sinceMs - askedMs;
    return got;
  }

  get saysItWaits(): boolean {
    return this.waitedMs > LITTLE_ELSE * this.workedMs;
  }
}
