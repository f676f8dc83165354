import {
  type Instant,
  type Json,
  PersistentMap,
  type Uuid,
  canonicalJson,
} from '@tributary/kernel';
import type { EvidenceItem, FactRef } from '../evidence';

/**
 * Evidence as it is handed in. Without a version the next one is taken when it differs from what is held; who numbers the states
 * of a thing itself, as a prospect does with its claims, says the version, and then any order of arrival will do.
 */
export type NotedItem = Omit<EvidenceItem, 'version'> & { readonly version?: number };

/** What is held of each item, by its id. */
export type Items = PersistentMap<EvidenceItem>;

export const noItems: Items = PersistentMap.empty<EvidenceItem>();

export const withItems = (items: Items, told: readonly EvidenceItem[]): Items =>
  told.reduce((held, item) => held.set(item.item, item), items);

/** Of two tellings of one item the higher version holds. */
export const news = (told: readonly EvidenceItem[], held: Items): EvidenceItem[] =>
  told.filter(({ item, version }) => version > (held.get(item)?.version ?? 0));

/** What the handed in evidence adds to what is held: new items, and next versions of those that changed. */
export function noted(handedIn: readonly NotedItem[], held: Items): EvidenceItem[] {
  const fresh = new Map<string, EvidenceItem>();
  const added: EvidenceItem[] = [];
  for (const one of handedIn) {
    for (const item of nextVersions(one, fresh.get(one.item) ?? held.get(one.item), held)) {
      fresh.set(item.item, item);
      added.push(item);
    }
  }
  return added;
}

function nextVersions(
  one: NotedItem,
  before: EvidenceItem | undefined,
  held: Items,
): EvidenceItem[] {
  const { item, at, fact, body, version } = one;
  if (version !== undefined)
    return version > (before?.version ?? 0) ? [{ item, version, at, fact, body }] : [];

  const marker = held.get(markerOf(fact.factId));
  if (before === undefined) {
    const first = { item, version: 1, at, fact, body };
    // Taken back before it came: it is noted all the same, because it counts among what was ever said.
    return marker && isOf(item, fact.factId) ? [first, withdrawnOf(first, marker)] : [first];
  }
  // What was taken back stays so, however often the fact is delivered.
  if (before.body.kind === 'withdrawn' || isSame(one, before)) return [];
  return [{ item, version: before.version + 1, at, fact, body }];
}

const isSame = (a: NotedItem, b: EvidenceItem): boolean =>
  a.at === b.at &&
  a.fact.factId === b.fact.factId &&
  canonicalJson(a.body as unknown as Json) === canonicalJson(b.body as unknown as Json);

/**
 * Everything that a fact has said is taken back; a marker keeps what of it comes later from counting. Of several retractions the
 * earliest by (at, fact id) stands.
 */
export function withdrawn(factId: Uuid, by: FactRef, at: Instant, held: Items): EvidenceItem[] {
  const [item, before] = [markerOf(factId), held.get(markerOf(factId))];
  if (before && !isEarlier({ at, fact: by }, before)) return [];
  const version = (before?.version ?? 0) + 1;
  const marker: EvidenceItem = { item, version, at, fact: by, body: { kind: 'withdrawn' } };
  const affected = held
    .entries()
    .map(([, each]) => each)
    .filter((each) => each.item !== item && isOf(each.item, factId));
  return [marker, ...affected.map((each) => withdrawnOf(each, marker))];
}

type Dated = Pick<EvidenceItem, 'at' | 'fact'>;

const isEarlier = (a: Dated, b: Dated): boolean =>
  a.at === b.at ? a.fact.factId < b.fact.factId : a.at < b.at;

const withdrawnOf = (item: EvidenceItem, { at, fact, body }: EvidenceItem): EvidenceItem => ({
  item: item.item,
  version: item.version + 1,
  at,
  fact,
  body,
});

export const markerOf = (factId: Uuid): string => `withdrawn.${factId}`;

/** Items are named `<factId>`, `<factId>.<n>` or `deal.<deal>.<factId>`. */
export const isOf = (item: string, factId: Uuid): boolean =>
  item === factId || item.startsWith(`${factId}.`) || item.endsWith(`.${factId}`);

const MOST_ITEMS_OF_AN_EVENT = 100;
/** Well below what an event may hold, because what it follows and the envelope come on top. */
const MOST_BYTES_OF_AN_EVENT = 40 * 1024;

/** Long lists are told in several events. */
export function inChunks<T extends object>(items: readonly T[]): T[][] {
  if (items.length <= 1) return items.length === 0 ? [] : [[...items]];
  const chunks: T[][] = [];
  let bytes = Infinity;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    const last = chunks.at(-1);
    if (last && last.length < MOST_ITEMS_OF_AN_EVENT && bytes + size <= MOST_BYTES_OF_AN_EVENT) {
      last.push(item);
      bytes += size;
    } else {
      chunks.push([item]);
      bytes = size;
    }
  }
  return chunks;
}

export const latestOf = (items: readonly { readonly at: Instant }[]): Instant | undefined =>
  items.reduce<Instant | undefined>(
    (latest, { at }) => (latest === undefined || at > latest ? at : latest),
    undefined,
  );
