import type { Instant } from '@tributary/kernel';
import type { EvidenceItem, Link } from '../evidence';
import type { Origin } from './customer-view';

/** One telling that two identifiers are one, or are not. */
export interface LinkFact {
  readonly item: EvidenceItem;
  readonly linked: boolean;
}

interface Pair {
  readonly ends: readonly [string, string];
  /** By (at, fact id), so that the last one until a time holds then. */
  readonly facts: LinkFact[];
}

/** Everything that was ever told about who is whom. */
export interface Links {
  readonly pairsOf: ReadonlyMap<string, readonly Pair[]>;
  readonly crowds: ReadonlySet<string>;
  /** Of every telling. */
  readonly times: readonly Instant[];
}

export interface Reached {
  /** Ids of the identifiers that are this customer at the time, itself included, sorted. */
  readonly ids: readonly string[];
  /** Links that would lead on if their other end were a person. */
  readonly toCrowds: readonly EvidenceItem[];
}

export function linksOf(origins: readonly Origin[]): Links {
  const pairs = new Map<string, Pair>();
  const times: Instant[] = [];
  for (const { identifier, items } of origins) {
    for (const item of items) {
      if (item.body.kind !== 'link' || item.body.to.id === identifier.id) continue;
      note(pairs, identifier.id, item, item.body);
      times.push(item.at);
    }
  }
  const pairsOf = new Map<string, Pair[]>();
  for (const pair of pairs.values()) {
    if (pair.facts.length > 1) pair.facts.sort(byTime);
    for (const end of pair.ends) {
      const known = pairsOf.get(end);
      if (known) known.push(pair);
      else pairsOf.set(end, [pair]);
    }
  }
  const crowds = origins.filter(({ crowd }) => crowd).map(({ identifier: { id } }) => id);
  return { pairsOf, crowds: new Set(crowds), times };
}

function note(pairs: Map<string, Pair>, from: string, item: EvidenceItem, { to, linked }: Link) {
  const ends: Pair['ends'] = from < to.id ? [from, to.id] : [to.id, from];
  const key = ends.join(' ');
  const pair = pairs.get(key);
  if (pair) pair.facts.push({ item, linked });
  else pairs.set(key, { ends, facts: [{ item, linked }] });
}

/** Who this customer is, by the links that were in force at a time. A crowd neither connects nor counts. */
export function reachable({ pairsOf, crowds }: Links, customer: string, t: Instant): Reached {
  const reached = new Set([customer]);
  const toCrowds: EvidenceItem[] = [];
  if (crowds.has(customer)) return { ids: [customer], toCrowds };
  // A set that grows is walked to its new end.
  for (const id of reached) {
    for (const { ends, facts } of pairsOf.get(id) ?? []) {
      const fact = facts.findLast(({ item }) => item.at <= t);
      if (!fact?.linked) continue;
      const other = ends[0] === id ? ends[1] : ends[0];
      if (crowds.has(other)) toCrowds.push(fact.item);
      else reached.add(other);
    }
  }
  return { ids: [...reached].sort(), toCrowds };
}

function byTime({ item: a }: LinkFact, { item: b }: LinkFact): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  if (a.fact.factId !== b.fact.factId) return a.fact.factId < b.fact.factId ? -1 : 1;
  if (a.item === b.item) return 0;
  return a.item < b.item ? -1 : 1;
}
