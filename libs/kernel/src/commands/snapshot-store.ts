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
  /**
   * The rows that changed since the stored snapshot of revision `from`, of which `undefined` deletes one. From -1n they are all there
   * are, and take the place of any older snapshot. Ignored when another process was faster: gives the revision that is stored then,
   * which is -1n where there is none.
   */
  save(
    key: SnapshotKey,
    at: { readonly revision: bigint; readonly position: bigint; readonly from: bigint },
    changed: ReadonlyMap<string, Json | undefined>,
  ): Promise<bigint>;
}
