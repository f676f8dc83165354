import { invariant } from '@tributary/kernel';
import type { ItemId } from '../item';
import { openQuestionsOf } from './breaks';
import type { Draft } from './draft';
import type { Work } from './match-events';
import { matchOf } from './match-item';
import { batchFileOf } from './recognise';
import { type Rail, isRefused, itemOf, lineOf } from './state';

/** Of a batch that is paid by one debit: fits into one event. */
const ITEMS_AT_ONCE = 300;
/** Of items that this line does not pay; they cost time too. */
const LOOKED_AT_ONCE = 1_200;

export function* itemsOfFile(state: Rail, file: string): Generator<ItemId> {
  const chunks = state.files.files.get(file)?.chunks ?? 0;
  for (let chunk = 0; chunk < chunks; chunk += 1)
    yield* state.listed.get(`${file} ${String(chunk)}`) ?? [];
}

/** One debit for a whole file must be the sum of its items, or of those that the bank did not reject; else a person looks at it. */
export function settleBatch(draft: Draft, key: string): readonly Work[] {
  const { state } = draft;
  const line = lineOf(state, key);
  const file = batchFileOf(state, line);
  invariant(file !== undefined, 'a batch names its file');
  let [sum, others] = [0n, 0];
  for (const id of itemsOfFile(state, file)) {
    const item = itemOf(state, id);
    if (item.file !== file || isRefused(state, id, item)) continue;
    sum += BigInt(item.amount);
    if (item.settledBy !== null && item.settledBy !== key) others += 1;
  }
  if (sum !== BigInt(line.amount)) draft.breakLine(key, 'B10', 'sum_differs');
  else if (others > 0) draft.breakLine(key, 'B05', 'items_settled_otherwise');
  else return [{ kind: 'batch', line: key, from: 0 }];
  return [];
}

/** The next items of a batch that is being matched; the place to go on from, or none. */
export function settleBatchPart(
  draft: Draft,
  { line: key, from }: Extract<Work, { kind: 'batch' }>,
): number | null {
  const line = lineOf(draft.state, key);
  const file = batchFileOf(draft.state, line);
  invariant(file !== undefined, 'a batch names its file');
  let place = -1;
  const part: ItemId[] = [];
  let next: number | null = null;
  for (const id of itemsOfFile(draft.state, file)) {
    place += 1;
    if (place < from) continue;
    if (part.length === ITEMS_AT_ONCE || place - from === LOOKED_AT_ONCE) {
      next = place;
      break;
    }
    const item = itemOf(draft.state, id);
    if (item.file === file && !isRefused(draft.state, id, item) && item.settledBy === null)
      part.push(id);
  }
  if (part.length > 0) {
    const items = part.map((id) => [id, itemOf(draft.state, id)] as const);
    draft.match({ ...matchOf(line, key, 'settled', 'T3', items), batch: file });
    draft.close([`B17.${file}`, ...part.flatMap(openQuestionsOf)], 'settled');
  }
  return next;
}
