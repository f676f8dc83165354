import { type StreamName, unreachable } from '@tributary/kernel';
import { Dispatched } from '@tributary/platform';
import type { FactCommand, FactRejected } from '../domain/fact/decide';
import { factStreamOf } from '../domain/fact/events';
import type { FactKey } from '../domain/sale/events';

/** What other facts ask of a fact; those that are sent from outside go through `Ingestion`. */
export class ToFact extends Dispatched<FactCommand, FactRejected> {}

export function streamOfFact(command: FactCommand, tenant: string): StreamName {
  const { source, id } = identityIn(command);
  return factStreamOf(tenant, source, id);
}

function identityIn(command: FactCommand): FactKey {
  switch (command.type) {
    case 'AcceptFact':
      return command.content;
    case 'RetractFact':
      return command.retraction;
    case 'TakeUpFact':
      return command;
    default:
      return unreachable(command);
  }
}
