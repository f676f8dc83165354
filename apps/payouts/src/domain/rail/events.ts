import type { BreakEvent } from './break-events';
import type { FileEvent } from './files';
import type { MatchEvent } from './match-events';
import type { StatementEvent } from './statement-events';

export { railStreamOf } from './file-events';

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type RailEvent = BreakEvent | FileEvent | MatchEvent | StatementEvent;
