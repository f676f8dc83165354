import type { StreamName } from '@tributary/kernel';
import { Dispatched } from '@tributary/platform';
import type { IdentifierCommand } from '../domain/identifier/decide';
import { identifierStreamOf } from '../domain/identifier/events';

export class ToIdentifier extends Dispatched<IdentifierCommand> {}

export const streamOfIdentifier = ({ identifier }: IdentifierCommand, tenant: string): StreamName =>
  identifierStreamOf(tenant, identifier);
