import type { FactoryProvider, Type } from '@nestjs/common';
import {
  Command,
  CommandHandler,
  type ICommandHandler,
  type IQueryHandler,
  type Query,
  QueryHandler,
} from '@nestjs/cqrs';
import {
  CommandRunner,
  type Decider,
  type DomainEvent,
  type Outcome,
  type Rejected,
  type StreamName,
} from '@tributary/kernel';
import type { CommandContext } from '../idempotency/command-context';

/** A reaction has no HTTP request, so it brings only what it derived from its cause. */
export type DispatchContext = Pick<CommandContext, 'cause' | 'tenant'>;

/** What travels on the bus: a decider's command, and who stands behind it. `class ReleaseEarnings extends Dispatched<Release, Refused> {}` */
export abstract class Dispatched<C, R extends Rejected = never> extends Command<Outcome<R>> {
  constructor(
    readonly command: C,
    readonly context: DispatchContext,
  ) {
    super();
  }
}

/** The handler of a command: finds its stream and lets the runner decide. A service lists these among its providers. */
export function commandHandler<C, E extends DomainEvent<string, object>, S, R extends Rejected>(
  type: Type<Dispatched<C, R>>,
  decider: Decider<C, E, S, R>,
  streamOf: (command: C, tenant: string) => StreamName,
): FactoryProvider {
  class Handler implements ICommandHandler<Dispatched<C, R>> {
    constructor(private readonly runner: CommandRunner) {}

    execute({ command, context }: Dispatched<C, R>): Promise<Outcome<R>> {
      return this.runner.run(decider, streamOf(command, context.tenant), command, context.cause);
    }
  }
  CommandHandler(type)(Handler);
  return {
    provide: Handler,
    useFactory: (runner: CommandRunner) => new Handler(runner),
    inject: [CommandRunner],
  };
}

/** The handler of a query: `fn` gets what holds the rows, a class of the service's read model. */
export function queryHandler<A, Q extends Query<A>, D>(
  type: Type<Q> & { new (...args: never[]): Query<A> },
  source: Type<D>,
  fn: (query: Q, source: D) => Promise<A>,
): FactoryProvider {
  class Handler implements IQueryHandler<Query<A>> {
    constructor(private readonly rows: D) {}

    execute(query: Query<A>): Promise<A> {
      return fn(query as Q, this.rows);
    }
  }
  QueryHandler(type)(Handler);
  return { provide: Handler, useFactory: (rows: D) => new Handler(rows), inject: [source] };
}
