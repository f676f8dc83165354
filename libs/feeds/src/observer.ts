import type { Owner } from '@tributary/contracts';

export interface RebuildProgress {
  readonly projection: string;
  readonly version: number;
  readonly events: number;
  readonly through: bigint;
  readonly target: bigint;
}

export interface Gap {
  readonly owner: Owner;
  readonly stream: string;
  /** The last revision that was applied; null when none was. */
  readonly after: bigint | null;
  /** The revision that arrived too early; null when a message could not be read. */
  readonly arrived: bigint | null;
}

/** Where metrics and logs hang on. Only `failed` must be there, so that no error is ever silent. */
export interface FeedObserver {
  failed(part: string, error: unknown): void;
  applied?(subscription: string, events: number, elapsedMs: number): void;
  parked?(subscription: string, stream: string, code: string): void;
  fenced?(subscription: string): void;
  gap?(gap: Gap): void;
  rebuilding?(progress: RebuildProgress): void;
}
