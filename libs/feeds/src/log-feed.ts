import {
  EVERY_TYPE,
  type EventLog,
  type Fields,
  type Filter,
  type Position,
} from '@tributary/event-log';
import { categoryOf, parseStreamName, type Recorded, type StreamName } from '@tributary/kernel';
import type { Feed, FeedRow } from './feed';
import { FeedTail } from './feed-tail';

/** A class, because a rebuild makes one of every event: see the rows that the log extracts. */
class LogRow implements FeedRow {
  constructor(
    readonly position: Position,
    readonly type: string,
    readonly stream: string,
    readonly values: readonly (string | null)[],
  ) {}
}

/** The newest events of the whole log, for services that share a process: each of them would ask for every event of all. */
export const tailOfLog = (log: EventLog): FeedTail<Recorded> =>
  new FeedTail((after) => log.subscribe(after));

/** A service's own streams, or the whole log where no categories are named. */
export function logFeed(
  log: EventLog,
  categories?: readonly string[],
  shared?: FeedTail<Recorded>,
): Feed<Recorded> {
  const filterOf = (types: readonly string[]): Filter => ({
    ...(!types.includes(EVERY_TYPE) && { types }),
    ...(categories && { categories }),
  });
  const tail = shared ?? new FeedTail((after) => log.subscribe(after, filterOf([EVERY_TYPE])));
  const isOurs = (stream: string) =>
    categories === undefined || categories.includes(categoryOf(stream as StreamName));

  async function* readFields(
    after: Position,
    fields: Fields,
    through: Position,
  ): AsyncGenerator<readonly FeedRow[]> {
    // Behind the others, so that they stay in the places that they were declared in.
    const withStream = Object.fromEntries(
      Object.entries(fields).map(([type, paths]) => [type, [...paths, '$stream']]),
    );
    for await (const rows of log.readFields(after, withStream, through)) {
      const ours: FeedRow[] = [];
      for (const { position, type, values } of rows) {
        const stream = values[values.length - 1] ?? '';
        if (isOurs(stream)) ours.push(new LogRow(position, type, stream, values));
      }
      if (ours.length > 0) yield ours;
    }
  }

  return {
    name: 'log',
    subscribe: (after, types) => {
      const wanted = new Set(types);
      const isAny = wanted.has(EVERY_TYPE);
      return tail.subscribe(
        after,
        ({ type, stream }) => (isAny || wanted.has(type)) && isOurs(stream),
        (from) => log.subscribe(from, filterOf(types)),
      );
    },
    readAll: (after, types) => log.readAll(after, filterOf(types)),
    readFields,
    readStream: (stream, from) => log.read(parseStreamName(stream), from),
    head: () => log.head(),
  };
}
