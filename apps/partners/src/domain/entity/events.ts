import type { EntityData, EntityValue } from '@tributary/contracts';
import type { DomainEvent } from '@tributary/kernel';
import type { Change } from '../history';

/** What changed since when, and the whole timeline as it now stands. */
type Told = Change<EntityValue> & EntityData;

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type EntityRegistered = DomainEvent<'EntityRegistered', Told>;
export type EntityRenamed = DomainEvent<'EntityRenamed', Told>;
export type EntityEvent = EntityRegistered | EntityRenamed;
