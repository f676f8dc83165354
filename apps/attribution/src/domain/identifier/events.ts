import { type DomainEvent, type StreamName, streamOf } from '@tributary/kernel';
import type { EvidenceItem, Identifier } from '../evidence';

/** One stream per identifier: what happened under it, and what it is linked to. */
export const identifierStreamOf = (tenant: string, { id }: Identifier): StreamName =>
  streamOf('identifier', tenant, id);

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type EvidenceNoted = DomainEvent<
  'EvidenceNoted',
  { readonly identifier: Identifier; readonly items: readonly EvidenceItem[] }
>;
/**
 * So many touches or links that this is no person: a bot, a shared address. Nothing of it counts from here on, and nothing more
 * is noted; it depends on how many facts were ever accepted, so it is the same in any order of arrival.
 */
export type CrowdFound = DomainEvent<
  'CrowdFound',
  {
    readonly identifier: Identifier;
    /** Ever noted, those included that were taken back. */
    readonly touches: number;
    /** Others that it was ever linked to. */
    readonly links: number;
  }
>;
export type IdentifierEvent = CrowdFound | EvidenceNoted;

/** Nobody clicks a thousand times before buying. Facts about links are counted against it as well, apart from touches. */
export const MOST_TOUCHES = 1_000;
/** No person is fifty customers, accounts and devices at once. */
export const MOST_LINKS = 50;
