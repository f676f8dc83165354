import type { LinkData, LinkValue } from '@tributary/contracts';
import type { DomainEvent } from '@tributary/kernel';
import type { Change } from '../history';

/** What changed since when, and the whole timeline as it now stands. */
type Told = Change<LinkValue> & LinkData;

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. Of links and of coupons alike. */
export type LinkIssued = DomainEvent<'LinkIssued', Told>;
export type LinkMoved = DomainEvent<'LinkMoved', Told>;
export type LinkClosed = DomainEvent<'LinkClosed', Told>;
export type LinkEvent = LinkClosed | LinkIssued | LinkMoved;
