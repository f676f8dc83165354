import type { DomainEvent } from './envelope';
import type { Json } from './json';

export type Decision<E, R> = { readonly events: readonly E[] } | { readonly rejected: R };

export const accept = <E>(...events: readonly E[]): { readonly events: readonly E[] } => ({
  events,
});
export const reject = <R>(rejected: R): { readonly rejected: R } => ({ rejected });
/** A repeat of something done, or something that needs no fact: success without an event. */
export const nothing: { readonly events: readonly never[] } = { events: [] };

export interface Rejected {
  readonly code: string;
}

/**
 * Pure: no clock, no ids, no randomness, no waiting. `evolve` returns a new state and leaves the old one usable; large keyed
 * state goes into a `PersistentMap`.
 */
export interface Decider<C, E extends DomainEvent<string, object>, S, R extends Rejected = never> {
  readonly initial: S;
  decide(command: C, state: S): Decision<E, R>;
  evolve(state: S, event: E): S;
  /** Brings an event of an older schema version into today's shape before it is evolved. */
  upcast?(stored: DomainEvent<string, object>): E;
  /** For a decision too large for one append: the next events while the stream is behind, none when it has caught up. */
  step?(state: S): readonly E[];
  readonly snapshot?: KeyedRows<E, S>;
  /**
   * A stream that people command remembers their command ids. `false` for one that follows other streams and recognises a repeat
   * by their revisions.
   */
  readonly remembersCommands?: boolean;
  /**
   * Most commands create their stream, so it is not read first: the append tells whether anybody stands there, and a refusal
   * is never told without looking.
   */
  readonly mostlyNew?: boolean;
}

/** State as rows under keys, so that a snapshot writes only what changed since the last one. */
export interface KeyedRows<E, S> {
  readonly decider: string;
  /** Raised whenever the rows change their shape or meaning. */
  readonly stateVersion: number;
  /** The rows that this event may have changed. */
  touched(event: E): readonly string[];
  /** `undefined`: the row is gone. */
  row(state: S, key: string): Json | undefined;
  restore(rows: ReadonlyMap<string, Json>): S;
}
