import type { Instant, JsonObject, StreamName, Uuid } from '@tributary/kernel';

/**
 * What a service tells the others: one stored event, curated. Nothing is numbered anew: `position` and `revision` are the stored
 * event's, `previous` is the last published revision of its stream, or null for the first.
 */
export interface Published<T extends string = string, D extends object = JsonObject> {
  readonly id: Uuid;
  /** `<owner>.<kebab-event>.v<n>` */
  readonly type: T;
  readonly stream: StreamName;
  readonly revision: bigint;
  readonly previous: bigint | null;
  readonly position: bigint;
  readonly tenant: string;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly correlationId: string;
  readonly causationId: Uuid | null;
  readonly traceParent: string | null;
  readonly data: D;
}

/** The services that publish; each is the text before the first dot of its types. */
export const OWNERS = ['attribution', 'commission', 'payouts', 'tiers', 'partners'] as const;
export type Owner = (typeof OWNERS)[number];
