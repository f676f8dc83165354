import type { ItemId } from '../item';
import type { Draft } from './draft';
import { itemsOfFile } from './match-batch';
import type { Work } from './match-events';
import { matchItem } from './match-line';
import { breakUnexplained } from './match-money';
import { itemOf, lineOf } from './state';

const ITEMS_AT_ONCE = 300;

/** Takes back a match of many items, as many at once as one event holds; what else names them is judged anew. */
export function unmatchBatchPart(
  draft: Draft,
  { line: key, from, by, reason, byPerson }: Extract<Work, { kind: 'unbatch' }>,
): { readonly next: number | null; readonly added: readonly Work[] } {
  const file = lineOf(draft.state, key).match?.batch ?? null;
  if (file === null) return { next: null, added: [] };
  let place = -1;
  const part: ItemId[] = [];
  let next: number | null = null;
  for (const id of itemsOfFile(draft.state, file)) {
    place += 1;
    if (place < from) continue;
    if (part.length === ITEMS_AT_ONCE) {
      next = place;
      break;
    }
    if (itemOf(draft.state, id).settledBy === key) part.push(id);
  }
  const items = part.map((item) => {
    const { partner, amount } = itemOf(draft.state, item);
    return { item, partner, amount, fee: '0' };
  });
  draft.unmatch(key, { by, reason, byPerson }, { items, last: next === null });
  if (next === null) breakUnexplained(draft, key);
  return { next, added: part.flatMap((id) => matchItem(draft, id)) };
}
