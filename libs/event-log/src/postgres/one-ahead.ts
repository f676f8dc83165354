import { hasCode } from '@tributary/kernel';

type Reading<T> = AsyncGenerator<T, void, undefined>;
type Start<T> = () => Reading<T>;

interface Begun<T> {
  readonly start: Start<T>;
  readonly reading: Reading<T>;
  readonly first: Promise<IteratorResult<T, void>>;
}

/** One reading after the other; once there is something of one, the next begins beside it where there is room for two. */
export async function* oneAhead<T>(
  readings: Iterator<Start<T>, void>,
  hasRoom: () => boolean,
): AsyncGenerator<T, void, undefined> {
  for (let current = beginNext(readings); current;) {
    const { reading, first } = current;
    let ahead: Begun<T> | undefined;
    try {
      let next = await first;
      if (hasRoom()) ahead = beginNext(readings);
      for (; !next.done; next = await reading.next()) yield next.value;
      current = ahead ? await standing(ahead) : beginNext(readings);
      // It is current from here on, and no longer to be ended with this one.
      ahead = undefined;
    } finally {
      // Left early, or failed: what has begun holds what it reads with.
      await Promise.all([reading.return(), ahead?.reading.return()]);
    }
  }
}

function beginNext<T>(readings: Iterator<Start<T>, void>): Begun<T> | undefined {
  const { value: start } = readings.next();
  return start ? begin(start) : undefined;
}

function begin<T>(start: Start<T>): Begun<T> {
  const reading = start();
  const first = reading.next();
  // Awaited when its turn comes; if the consumer leaves before, nobody needs it.
  first.catch(Boolean);
  return { start, reading, first };
}

/** Reading ahead is a favour: where the second connection was not to be had or is lost, it begins again in its turn, as if it had waited. */
async function standing<T>(ahead: Begun<T>): Promise<Begun<T>> {
  try {
    await ahead.first;
    return ahead;
  } catch (error) {
    if (!hasCode(error, 'unavailable')) throw error;
    return begin(ahead.start);
  }
}
