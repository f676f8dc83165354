import {
  CodedError,
  type Instant,
  type Rejected,
  type StreamName,
  type Uuid,
  uuidV5,
} from '@tributary/kernel';
import type { FeedEvent } from '../feed';

/** What stands behind a command that follows from an event. */
export interface ReactionContext {
  readonly commandId: Uuid;
  readonly causationId: Uuid;
  readonly correlationId: string;
  readonly tenant: string;
  readonly traceParent: string | null;
  readonly occurredAt: Instant;
  readonly stream: StreamName;
  readonly actor: string;
}

export type Dispatched =
  | { readonly kind: 'accepted' | 'nothing' | 'replayed' }
  | { readonly kind: 'rejected'; readonly rejected: Rejected };

/** Resolves once what was decided is acknowledged by the log. */
export type Dispatch<C> = (command: C, context: ReactionContext) => Promise<Dispatched>;

export interface Reaction<C = unknown> {
  /** Part of every command id that it derives, so it is never changed. */
  readonly name: string;
  /** What follows from an event. May read a directory, in the order that `meet` keeps; decides nothing itself. */
  readonly on: Readonly<Record<string, (event: FeedEvent) => Promise<readonly C[]> | readonly C[]>>;
  /**
   * All events of a batch are looked at together, so that they share the questions that they ask, before anything that follows from
   * them is sent. Only for who looks at nothing that its own commands change.
   */
  readonly looksAhead?: boolean;
  /** The stream that a command is for. */
  target(command: C, tenant: string): StreamName;
  dispatch(command: C, context: ReactionContext): Promise<Dispatched>;
}

/** Keeps the type of the commands and of the events' data together; `D` types the data of every handler. */
export function reaction<C, D extends Readonly<Record<string, object>>>(declared: {
  readonly name: string;
  readonly on: {
    readonly [T in keyof D & string]: (
      event: FeedEvent<T, D[T]>,
    ) => Promise<readonly C[]> | readonly C[];
  };
  readonly looksAhead?: boolean;
  readonly target: (command: C, tenant: string) => StreamName;
  readonly dispatch: Dispatch<C>;
}): Reaction<C> {
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(declared.name)) {
    throw new CodedError('invalid_reaction', `Not a name of a reaction: ${declared.name}`, {
      name: declared.name,
    });
  }
  return declared as unknown as Reaction<C>;
}

export interface Follow<C> {
  readonly command: C;
  readonly context: ReactionContext;
}

/**
 * Ids are counted per target stream, so that a fan-out which finds one more target when it is delivered again gives every other
 * command the id that it had.
 */
export function followUps<C>(
  of: Pick<Reaction<C>, 'name' | 'target'>,
  event: FeedEvent,
  commands: readonly C[],
): Follow<C>[] {
  const counts = new Map<StreamName, number>();
  return commands.map((command) => {
    const stream = of.target(command, event.tenant);
    const index = counts.get(stream) ?? 0;
    counts.set(stream, index + 1);
    return {
      command,
      context: {
        commandId: uuidV5(event.tenant, stream, event.id, `${of.name}.${index}`),
        causationId: event.id,
        correlationId: event.correlationId,
        tenant: event.tenant,
        traceParent: event.traceParent,
        occurredAt: event.occurredAt,
        stream,
        actor: `reaction:${of.name}`,
      },
    };
  });
}
