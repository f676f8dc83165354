import type { Owner } from '@tributary/contracts';
import type { EventLog } from '@tributary/event-log';
import type { Database } from '@tributary/postgres';
import type { Recorded } from '@tributary/kernel';
import type { FeedTail } from './feed-tail';
import type { FeedObserver } from './observer';
import type { PublishedReader } from './ports';
import type { Projection } from './projections/projection';
import type { Publication } from './published/publication';
import type { PublishedTable } from './published/published-table';
import type { Reaction } from './reactions/reaction';
import type { Wake } from './wake';

/** What a service reads of another one. */
export interface Upstream {
  readonly owner: Owner;
  readonly reader: PublishedReader;
  /** `table`: read where it lies. `kafka`: somebody else calls `inbox.receive`, and the reader fills gaps. */
  readonly via: 'kafka' | 'table';
  /** Rings when the owner has published in this process. */
  readonly wake?: Wake;
}

export interface FeedsOptions {
  readonly service: string;
  /** Opened with `feedMigrations`. */
  readonly database: Database;
  readonly log: EventLog;
  /** Of the whole log, where services of one process read it together. */
  readonly tail?: FeedTail<Recorded> | undefined;
  /** The service's own streams; left out, the whole log. */
  readonly categories?: readonly string[];
  /** Over the service's own log. */
  readonly projections?: readonly Projection[];
  readonly reactions?: readonly Reaction[];
  /** Over what other services published. */
  readonly inboxProjections?: readonly Projection[];
  readonly inboxReactions?: readonly Reaction[];
  readonly publication?: Publication;
  /** Given when others of this process read it before these feeds are started. */
  readonly published?: PublishedTable;
  readonly upstreams?: readonly Upstream[];
  readonly observer: FeedObserver;
  /** Names this process in the leases. */
  readonly owner: string;
  readonly leaseMs?: number;
  /** For tests: embedded sources shuffle across streams from this seed. */
  readonly shuffleSeed?: number;
}

export const DEFAULT_LEASE_MS = 15_000;
