import type { JsonObject, Rejected, Uuid } from '@tributary/kernel';

/**
 * A command that one service sends another. Facts travel as published events; an order is for the rare case in which only the sender
 * sees enough to say that something may be decided, and only the receiver may decide it.
 */
export interface Order {
  readonly tenant: string;
  readonly type: string;
  readonly data: JsonObject;
  /** Derived from its cause, so that an order that was sent twice is decided once. */
  readonly commandId: Uuid;
  readonly causationId: Uuid;
  readonly correlationId: string;
  readonly traceParent: string | null;
  /** As `service:ledger`. */
  readonly actor: string;
}

/** Known once what was decided stands in the log. */
export type OrderAnswer =
  | { readonly kind: 'accepted' | 'nothing' | 'replayed' }
  | { readonly kind: 'rejected'; readonly rejected: Rejected };

export type OrderHandler = (order: Order) => Promise<OrderAnswer>;
