import type { CommandBus } from '@nestjs/cqrs';
import type { Owner } from '@tributary/contracts';
import type { Projection, Publication, Reaction } from '@tributary/feeds';
import type { DatabaseOptions } from '@tributary/postgres';
import type { MigrationInterface } from 'typeorm';

/** What makes a service: its streams, what follows from their events, and what it tells and hears. */
export interface ServiceDefinition {
  /** As in its folder, its tokens and its metrics. */
  readonly name: string;
  /** Categories of its own streams. Left out, it follows the whole log; only the ledger does. */
  readonly categories?: readonly string[];
  /** Of tables that no projection owns, such as keys. */
  readonly migrations?: readonly (new () => MigrationInterface)[];
  readonly entities?: NonNullable<DatabaseOptions['entities']>;
  /** Over its own log. */
  readonly projections?: readonly Projection[];
  /** Over what others have published. */
  readonly inboxProjections?: readonly Projection[];
  readonly publication?: Publication;
  readonly listensTo?: readonly Owner[];
  /** Commands that follow from its own events. */
  readonly reactions?: (bus: CommandBus) => readonly Reaction[];
  /** Commands that follow from what others have published. */
  readonly inboxReactions?: (bus: CommandBus) => readonly Reaction[];
}

export const schemaOf = ({ name }: Pick<ServiceDefinition, 'name'>): string =>
  name.replaceAll('-', '_');
