import type { Json } from '../json';
import type { StreamName } from '../stream-name';

/** Which state, of which decider, in which shape; another `stateVersion` never reads the rows of this one. */
export interface SnapshotKey {
  readonly stream: StreamName;
  readonly decider: string;
  readonly stateVersion: number;
}

export interface Snapshot {
  readonly revision: bigint;
  readonly position: bigint;
  readonly rows: ReadonlyMap<string, Json>;
}

/** Derived state as keyed rows, so that only what changed is written. Losing it costs time, never truth. */
export interface SnapshotStore {
  load(key: SnapshotKey): Promise<Snapshot | undefined>;
  /** `undefined` deletes a row. Ignored when the stored snapshot is as new already: another process was faster. */
  save(
    key: SnapshotKey,
    at: { readonly revision: bigint; readonly position: bigint; readonly from: bigint },
    changed: ReadonlyMap<string, Json | undefined>,
  ): Promise<void>;
}
