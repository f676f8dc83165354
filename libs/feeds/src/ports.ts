import type { Owner, Published } from '@tributary/contracts';
import type { Position } from '@tributary/event-log';
import type { JsonObject } from '@tributary/kernel';

/** The owner's `published` rows: behind a table when embedded, behind `GET /v1/published` when distributed. */
export interface PublishedReader {
  /** In position order; `through` moves on also when nothing was published up to it. */
  after(
    position: Position,
    limit: number,
  ): Promise<{ readonly events: readonly Published[]; readonly through: Position }>;
  /** One stream from after a revision (null: from its beginning): what fills a gap. */
  ofStream(stream: string, after: bigint | null): Promise<readonly Published[]>;
}

/** Where a delivery came from: saved with the rows it brought, so that a repeat is skipped. */
export interface Offset {
  /** `table` when embedded, `<topic>/<partition>` on Kafka. */
  readonly channel: string;
  /** The next one to read. */
  readonly next: bigint;
}

/** The only way in for other services' events. Exactly once per revision; a gap parks its stream, not the channel. */
export interface Inbox {
  /** Rows, last revisions and offset are committed together. Repeats are ignored by revision. */
  receive(owner: Owner, events: readonly Published[], offset: Offset): Promise<void>;
  /** The next offset to read of this channel, or undefined for a channel that nothing came from yet. */
  offsetOf(owner: Owner, channel: string): Promise<bigint | undefined>;
}

/** Takes what one message says but cannot be read, so that its stream waits for a person and the rest goes on. */
export interface DeadLetters {
  park(
    owner: Owner,
    channel: string,
    offset: bigint,
    key: string,
    reason: string,
    raw: string,
  ): Promise<void>;
}

/** A message that was refused, without anything of its content but what may be shown to everybody. */
export interface RefusedMessage {
  readonly tenant: string;
  readonly offset: bigint;
  readonly code: string;
  readonly facts: JsonObject;
}

/** How far messages from outside have been taken, by `<topic>/<partition>`, and which of them were refused. */
export interface IntakeStore {
  nextOf(channel: string): Promise<bigint | undefined>;
  /** Both are committed together. What stands there already is kept as it is. */
  settle(channel: string, next: bigint, refused: readonly RefusedMessage[]): Promise<void>;
}

/** A running part that can be stopped; `done` rejects when it could not go on by itself. */
export interface Running {
  stop(): Promise<void>;
}
