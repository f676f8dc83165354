import { type Instant, type JsonObject, instant } from '@tributary/kernel';
import type { EvidenceBody, FactRef, Identifier, IdentifierKind } from '../evidence';
import type { NotedItem } from '../identifier/items';
import { hashedIdOf } from '../topics';

/** An accepted fact, as those that it concerns hear of it. */
export interface RoutedFact<D extends object = JsonObject> {
  readonly tenant: string;
  readonly fact: FactRef;
  readonly type: string;
  readonly source: string;
  readonly id: string;
  readonly at: Instant;
  readonly programme: string;
  readonly data: D;
}

/** The programme of whoever has created none. */
export const MAIN_PROGRAMME = 'main';

/** One fact may say several things; each has a number of its own, which never changes. */
export const itemOf = (
  { fact, at }: RoutedFact<object>,
  n: number,
  body: EvidenceBody,
): NotedItem => ({ item: n === 0 ? fact.factId : `${fact.factId}.${n}`, at, fact, body });

/** What may be personal was exchanged for a pseudonym before the fact was stored, and is an id already. */
const PSEUDONYMOUS: ReadonlySet<IdentifierKind> = new Set([
  'customer',
  'email',
  'lead',
  'tax',
  'visitor',
]);

export const identifierOf = (
  { tenant }: Pick<RoutedFact, 'tenant'>,
  kind: IdentifierKind,
  value: string,
): Identifier => ({
  kind,
  id: PSEUDONYMOUS.has(kind) ? value : hashedIdOf(tenant, kind, nameOf(kind, value)),
});

/** Domains are one name in any case. */
const nameOf = (kind: IdentifierKind, value: string): string =>
  kind === 'company' ? value.toLowerCase() : value;

export const linkTo = (to: Identifier, basis: string, linked = true): EvidenceBody => ({
  kind: 'link',
  to,
  linked,
  basis,
});

export const instantOrNull = (text: string | undefined): Instant | null =>
  text === undefined ? null : instant(text);
