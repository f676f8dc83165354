import type { StreamName } from '@tributary/kernel';
import { Dispatched } from '@tributary/platform';
import type { FactCommand, FactRejected } from '../domain/fact/decide';
import { factStreamOf } from '../domain/fact/events';

/** What other facts ask of a fact; those that are sent from outside go through `Ingestion`. */
export class ToFact extends Dispatched<FactCommand, FactRejected> {}

export function streamOfFact(command: FactCommand, tenant: string): StreamName {
  const { source, id } = command.type === 'RetractFact' ? command.retraction : command.content;
  return factStreamOf(tenant, source, id);
}
