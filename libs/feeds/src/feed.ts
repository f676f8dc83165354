import { EVERY_TYPE, type FieldRow, type Fields, type Position } from '@tributary/event-log';
import type { JsonObject, Recorded } from '@tributary/kernel';

/** What every reader may know of an event, whether it stands in the log or came through the inbox. */
export type FeedEvent<T extends string = string, D extends object = JsonObject> = Pick<
  Recorded<T, D>,
  | 'causationId'
  | 'correlationId'
  | 'data'
  | 'id'
  | 'occurredAt'
  | 'position'
  | 'recordedAt'
  | 'revision'
  | 'stream'
  | 'tenant'
  | 'traceParent'
  | 'type'
> & {
  /** In the log, where `position` is another feed's own. */
  readonly logPosition?: bigint;
  /** Of the content as it is stored. What others published has none. */
  readonly contentHash?: string;
};

export interface FeedBatch<E extends FeedEvent = FeedEvent> {
  readonly events: readonly E[];
  /** Everything up to here has been looked at, also when a filter found nothing. */
  readonly through: Position;
  readonly caughtUp: boolean;
}

export interface FeedSubscription<E extends FeedEvent = FeedEvent> extends AsyncIterable<
  FeedBatch<E>
> {
  close(): Promise<void>;
}

/** Declared fields of one event, with the stream that they belong to. What stands in `values` behind the declared ones is the feed's own. */
export interface FeedRow extends FieldRow {
  readonly stream: string;
}

/** An ordered sequence of events with positions of its own: the log, or the inbox. */
export interface Feed<E extends FeedEvent = FeedEvent> {
  readonly name: 'log' | 'inbox';
  subscribe(after: Position, types: readonly string[]): FeedSubscription<E>;
  /** To the head as it stands when the reader gets there. */
  readAll(after: Position, types: readonly string[]): AsyncIterable<FeedBatch<E>>;
  readFields(after: Position, fields: Fields, through: Position): AsyncIterable<readonly FeedRow[]>;
  /** One stream, from a revision on. */
  readStream(stream: string, from: bigint): AsyncIterable<E>;
  head(): Promise<Position>;
}

/** Whether who follows these types follows this one; `*` among them stands for all. */
export const follows = (types: readonly string[], type: string): boolean =>
  types.includes(type) || types.includes(EVERY_TYPE);

/** Looked for in its stream, because not every log can be asked for a position. */
export async function eventAt(
  feed: Feed,
  stream: string,
  position: Position,
): Promise<FeedEvent | undefined> {
  for await (const event of feed.readStream(stream, 0n))
    if (event.position === position) return event;
  return undefined;
}
