import type { CopyTarget } from '../port';
import type * as Adapter from './eventstoredb-event-log';
import type { EventStoreDbOptions } from './eventstoredb-event-log';

/** Loads the client only where it is used: 23 MB and a tenth of a second that the embedded profile does not pay. */
export function openEventStoreDbLog(options: EventStoreDbOptions): CopyTarget {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- An import would load it with the rest; import() would need a file of the output.
  const { EventStoreDbLog } = require('./eventstoredb-event-log') as typeof Adapter;
  return new EventStoreDbLog(options);
}

export type { EventStoreDbOptions };
