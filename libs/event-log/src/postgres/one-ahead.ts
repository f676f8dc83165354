type Reading<T> = AsyncGenerator<T, void, undefined>;

interface Begun<T> {
  readonly reading: Reading<T>;
  readonly first: Promise<IteratorResult<T, void>>;
}

/** One reading after the other; once there is something of one, the next begins beside it where there is room for two. */
export async function* oneAhead<T>(
  readings: Iterator<Reading<T>, void>,
  hasRoom: () => boolean,
): AsyncGenerator<T, void, undefined> {
  for (let current = begin(readings); current;) {
    const { reading, first } = current;
    let ahead: Begun<T> | undefined;
    try {
      let next = await first;
      if (hasRoom()) ahead = begin(readings);
      for (; !next.done; next = await reading.next()) yield next.value;
      current = ahead ?? begin(readings);
      // It is current from here on, and no longer to be ended with this one.
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
