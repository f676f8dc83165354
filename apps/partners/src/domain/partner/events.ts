import type { PartnerData, PartnerValue } from '@tributary/contracts';
import type { DomainEvent } from '@tributary/kernel';
import type { Change } from '../history';

/** What changed since when, and the whole timeline as it now stands. */
type Told = Change<PartnerValue> & PartnerData;
type ToldWhy = Told & { readonly reason: string | null };

/** Persisted facts, and therefore an ABI: add, never rename, reorder or repurpose. */
export type PartnerRegistered = DomainEvent<'PartnerRegistered', Told>;
export type PartnerTermsChanged = DomainEvent<'PartnerTermsChanged', Told>;
export type PartnerActivated = DomainEvent<'PartnerActivated', ToldWhy>;
export type PartnerSuspended = DomainEvent<'PartnerSuspended', ToldWhy>;
export type PartnerReinstated = DomainEvent<'PartnerReinstated', ToldWhy>;
export type PartnerEnded = DomainEvent<'PartnerEnded', ToldWhy>;

export type PartnerEvent =
  | PartnerActivated
  | PartnerEnded
  | PartnerRegistered
  | PartnerReinstated
  | PartnerSuspended
  | PartnerTermsChanged;
