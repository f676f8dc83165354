import { CodedError } from '../coded-error';
import type { Decider, Rejected } from '../decider';
import type { Cause, DomainEvent, Recorded } from '../envelope';
import type { StreamLog } from '../stream-log';
import type { StreamName } from '../stream-name';
import { type AnyDecider, HeldStream } from './held-stream';
import type { SnapshotStore } from './snapshot-store';
import { StreamQueue } from './stream-queue';

/** A fact as the answer to a command shows it, whether it was stored just now or years ago. */
export type DecidedEvent = Omit<
  Recorded,
  'position' | 'recordedAt' | 'revision' | 'stream' | 'tenant'
>;

export type Outcome<R = Rejected> =
  | {
      /** `replayed`: this very command was accepted before; the answer is the one of then. */
      readonly kind: 'accepted' | 'replayed' | 'nothing';
      readonly events: readonly DecidedEvent[];
      /** Of the command's last event; of the stream's last event where there is none. */
      readonly revision: bigint;
      readonly position: bigint;
    }
  | { readonly kind: 'rejected'; readonly rejected: R };

export interface CommandRunnerOptions {
  readonly now: () => number;
  readonly snapshots?: SnapshotStore;
  /** Streams kept in memory. */
  readonly heldStreams?: number;
  /** Events between two snapshots of a stream. */
  readonly snapshotEvery?: number;
  /** Commands that may wait for one stream; more are refused, so that memory stays bounded. */
  readonly queueLimit?: number;
  /** A snapshot or a step that failed: no command hangs on it, but somebody should know. */
  readonly onBackgroundError?: (stream: StreamName, error: unknown) => void;
}

/**
 * The one place that appends. Commands of one stream queue here: its state stays in memory, all that wait are decided in order
 * and appended together, each under its own command id.
 */
export class CommandRunner {
  private readonly queues = new Map<StreamName, StreamQueue>();
  private readonly heldLimit: number;

  constructor(
    private readonly log: StreamLog,
    private readonly options: CommandRunnerOptions,
  ) {
    this.heldLimit = options.heldStreams ?? 10_000;
  }

  run<C, E extends DomainEvent<string, object>, S, R extends Rejected>(
    decider: Decider<C, E, S, R>,
    stream: StreamName,
    command: C,
    cause: Cause,
  ): Promise<Outcome<R>> {
    const limit = this.options.queueLimit ?? 10_000;
    const queue = this.queueOf(decider, stream);
    if (queue.waiting >= limit) {
      const facts = { stream, limit };
      return Promise.reject(
        new CodedError('unavailable', `${limit} commands wait for ${stream} already.`, facts),
      );
    }
    return queue.run(command, cause) as Promise<Outcome<R>>;
  }

  /** Takes up the unfinished steps of a stream that a stopped process left behind. */
  resume<C, E extends DomainEvent<string, object>, S, R extends Rejected>(
    decider: Decider<C, E, S, R>,
    stream: StreamName,
  ): Promise<void> {
    return this.queueOf(decider, stream).resume();
  }

  private queueOf<C, E extends DomainEvent<string, object>, S, R extends Rejected>(
    decider: Decider<C, E, S, R>,
    stream: StreamName,
  ): StreamQueue {
    const held = this.queues.get(stream);
    if (held) {
      // Re-inserting keeps the map in order of use.
      this.queues.delete(stream);
      this.queues.set(stream, held);
      return held;
    }
    this.makeRoom();
    const anyDecider = decider as unknown as AnyDecider;
    const open = () => new HeldStream(stream, anyDecider, this.log, this.options.snapshots);
    const queue = new StreamQueue(stream, open, this.log, this.options);
    this.queues.set(stream, queue);
    return queue;
  }

  private makeRoom(): void {
    if (this.queues.size < this.heldLimit) return;
    for (const [stream, queue] of this.queues) {
      if (!queue.isIdle) continue;
      this.queues.delete(stream);
      return;
    }
  }
}
