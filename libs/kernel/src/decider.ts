import type { DomainEvent } from './envelope';

export type Decision<E, R> = { readonly events: readonly E[] } | { readonly rejected: R };

export const accept = <E>(...events: readonly E[]): { readonly events: readonly E[] } => ({ events });
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
}
