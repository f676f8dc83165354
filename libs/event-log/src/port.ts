import type { Appended, Instant, Recorded, StreamAppend, StreamLog } from '@tributary/kernel';

/** Strictly increasing in commit order. Dense on postgres and memory, sparse on EventStoreDB. 0n is before everything. */
export type Position = bigint;

export interface Filter {
  /** Only streams of these categories (the text before the first dash). */
  readonly categories?: readonly string[];
  /** Only events of these types. */
  readonly types?: readonly string[];
}

export interface Batch {
  /** May be empty: a filter that found nothing still moves on. */
  readonly events: readonly Recorded[];
  /** Everything up to here has been looked at; the checkpoint to save with the effects of this batch. */
  readonly through: Position;
  /** Whether this batch reached the head of the log when it was read. */
  readonly caughtUp: boolean;
}

/** `readAll`, then live. Survives lost connections and clean ends by itself, until it is closed. */
export interface Subscription extends AsyncIterable<Batch> {
  close(): Promise<void>;
}

/** Values of declared fields instead of whole events; see `readFields`. */
export interface FieldRow {
  readonly position: Position;
  readonly type: string;
  /** In the order of the declaration of this type. Text as it stands in the JSON; objects and arrays as JSON text. */
  readonly values: readonly (string | null)[];
}

/** In a declaration of fields: every type that is not named beside it. */
export const EVERY_TYPE = '*';

/** What a rebuild reads: by event type, the paths that it needs (`amount`, `entry.legs`), or envelope fields (`$stream`, `$tenant`, `$occurredAt`, `$recordedAt`, `$revision`, `$logPosition`). */
export type Fields = Readonly<Record<string, readonly string[]>>;

/** An append of another log, with the time at which that one recorded it. */
export interface CopiedAppend extends StreamAppend {
  readonly recordedAt: Instant;
}

export interface EventLog extends StreamLog {
  /** From after `after` to the head as it stands when the reader gets there, in commit order. */
  readAll(after: Position, filter?: Filter): AsyncIterable<Batch>;
  /** Like `readAll`, but only declared fields, so that an adapter may extract them where the data lie. */
  readFields(
    after: Position,
    fields: Fields,
    through?: Position,
  ): AsyncIterable<readonly FieldRow[]>;
  subscribe(after: Position, filter?: Filter): Subscription;
  /** Position of the last event; 0n when there is none. */
  head(): Promise<Position>;
  close(): Promise<void>;
}

/** A log that can take another one in. Every adapter can; services have no business with it. */
export interface CopyTarget extends EventLog {
  /**
   * For whoever copies a log: each append comes to stand behind the one before it and keeps its time, so that both logs have the
   * same leaves in the same order; a repeat finds what stands there already. Rejects with the first failure, and then some of
   * what follows it may stand there too: whoever copies begins again with an empty log.
   */
  copyIn(appends: readonly CopiedAppend[]): Promise<readonly Appended[]>;
}
