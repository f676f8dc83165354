import type { Type } from '@nestjs/common';
import type { CommandBus } from '@nestjs/cqrs';
import type { Dispatch } from '@tributary/feeds';
import type { Rejected } from '@tributary/kernel';
import type { Dispatched } from '../cqrs/handlers';

/** Sends what a reaction decided through the command bus, as if somebody had called. */
export function dispatchAs<C, R extends Rejected>(
  bus: CommandBus,
  type: Type<Dispatched<C, R>>,
): Dispatch<C> {
  return (command, { commandId, causationId, correlationId, tenant, traceParent, actor }) => {
    // What follows from one cause is one command, also when a later release would word it differently.
    const fingerprint = `follows:${causationId}`;
    const cause = { commandId, fingerprint, actor, causationId, correlationId, traceParent };
    return bus.execute(new type(command, { tenant, cause }));
  };
}
