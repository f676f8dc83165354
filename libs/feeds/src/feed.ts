import type { FieldRow, Fields, Position } from '@tributary/event-log';
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
>;

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

/** Declared fields of one event, with the stream that they belong to. */
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

/** The event that stands at this very position. */
export async function eventAt<E extends FeedEvent>(
  feed: Feed<E>,
  position: Position,
  type: string,
): Promise<E | undefined> {
  for await (const { events, through } of feed.readAll(position - 1n, [type])) {
    const [first] = events;
    if (first) return first.position === position ? first : undefined;
    if (through >= position) return undefined;
  }
  return undefined;
}
