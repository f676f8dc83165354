import type { CommandBus } from '@nestjs/cqrs';
import type { Owner } from '@tributary/contracts';
import type { EventLog } from '@tributary/event-log';
import type { OwnedWorkOptions, Projection, Publication, Reaction, Topics } from '@tributary/feeds';
import type { CommandRunner } from '@tributary/kernel';
import type { Database, DatabaseOptions } from '@tributary/postgres';
import type { MigrationInterface } from 'typeorm';
import type { CoreSettings } from '../config/core-settings';
import type { ClockMeans, LogClock } from './log-clock';
import type { OrderHandler } from './orders';

/** What makes a service: its streams, what follows from their events, and what it tells and hears. */
export interface ServiceDefinition {
  /** As in its folder, its tokens and its metrics. */
  readonly name: string;
  /** Categories of its own streams. Left out, it follows the whole log; only the ledger does. */
  readonly categories?: readonly string[];
  /**
   * What one stream takes in memory besides the commands that it remembers, of a service whose work passes over many of them again
   * and again: it keeps as many for their next command as a quarter of the heap has room for, and as many commands as another
   * quarter has room for. All services of a process share its heap. Left out, as many as the runner keeps.
   */
  readonly bytesOfStream?: number;
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
  readonly reactions?: (bus: CommandBus, means: Means) => readonly Reaction[];
  /** Commands that follow from what others have published. */
  readonly inboxReactions?: (bus: CommandBus, means: Means) => readonly Reaction[];
  /** What other services may order of it, and how it decides that. */
  readonly orders?: {
    readonly owner: Owner;
    readonly take: (bus: CommandBus, means: Means) => OrderHandler;
  };
  /** Of the one service that follows the whole log: where it stood at a moment. */
  readonly logClock?: (means: ClockMeans) => LogClock;
  /** What only one process may do at a time, by name. */
  readonly works?: (
    means: WorkMeans,
    settings: CoreSettings,
  ) => Readonly<Record<string, OwnedWorkOptions['start']>>;
}

/** What a reaction may look at before it says what follows. */
export interface Means {
  readonly log: EventLog;
  readonly topics: Topics;
  /** For directories of the service's own. */
  readonly database: Database;
  /** To take up steps that a stopped process has left unfinished. */
  readonly runner: CommandRunner;
  /** Says on the log and in the metrics that something in the background did not work. */
  readonly failed: (part: string, error: unknown) => void;
}

export interface WorkMeans extends Means {
  /** Throws where nobody of that name is known. */
  readonly orderTo: (owner: Owner) => OrderHandler;
}

export const schemaOf = ({ name }: Pick<ServiceDefinition, 'name'>): string =>
  name.replaceAll('-', '_');
