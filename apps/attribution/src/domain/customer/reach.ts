import type { Origin } from '../credit/customer-view';
import { linksOf } from '../credit/reachable';
import type { Identifier } from '../evidence';

/**
 * Whoever was linked to a customer at any time, itself included, by what it knows. Also when the link was undone since: it may be
 * linked again, and is known then. No way leads through a crowd.
 */
export function everLinked(own: Identifier, origins: readonly Origin[]): Identifier[] {
  const { pairsOf, crowds } = linksOf(origins);
  const names = namesIn(origins);
  const ever = new Set([own.id]);
  // A set that grows is walked to its new end.
  for (const id of ever) {
    for (const { ends, facts } of pairsOf.get(id) ?? []) {
      const other = ends[0] === id ? ends[1] : ends[0];
      if (!crowds.has(other) && facts.some(({ linked }) => linked)) ever.add(other);
    }
  }
  return [...ever].map((id) => names.get(id) as Identifier);
}

function namesIn(origins: readonly Origin[]): Map<string, Identifier> {
  const names = new Map<string, Identifier>();
  for (const { items } of origins)
    for (const { body } of items) if (body.kind === 'link') names.set(body.to.id, body.to);
  for (const { identifier } of origins) names.set(identifier.id, identifier);
  return names;
}
