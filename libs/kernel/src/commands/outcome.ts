import type { Rejected } from '../decider';
import type { Recorded } from '../envelope';
import type { StreamName } from '../stream-name';
import type { SnapshotStore } from './snapshot-store';

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
  /** Commands remembered in memory, of all those streams together: some 140 bytes each. */
  readonly heldCommands?: number;
  /** Events between two snapshots of a stream. */
  readonly snapshotEvery?: number;
  /** Commands that may wait for one stream; more are refused, so that memory stays bounded. */
  readonly queueLimit?: number;
  /** A snapshot or a step that failed: no command hangs on it, but somebody should know. */
  readonly onBackgroundError?: (stream: StreamName, error: unknown) => void;
}
