import type { Day } from '@tributary/kernel';
import type { BreakType } from './break-events';
import { FIRST_OWNER, breakOfItem } from './breaks';
import { plusBusinessDays } from './business-days';
import type { Draft } from './draft';
import { itemsOfFile } from './match-batch';
import type { Work } from './match-events';
import { windowOf } from './recognise';
import { type Rail, isRefused, itemOf } from './state';
import type { ItemId } from '../item';

const ITEMS_AT_ONCE = 2_000;

/** Files with items that no line has settled yet. */
export const filesWithOpenItems = ({ files, index }: Rail): readonly string[] =>
  files.files
    .entries()
    .filter(([file, { sha256 }]) => sha256 !== null && (index.openInFile.get(file) ?? 0) > 0)
    .map(([file]) => file);

/** What should have happened to the items of a file by that day, and has not. */
export function ageFile(draft: Draft, work: Extract<Work, { kind: 'age' }>): number | null {
  const { file, asOf, from } = work;
  if (from === 0) ageAnswer(draft, file, asOf);
  let place = -1;
  for (const id of itemsOfFile(draft.state, file)) {
    place += 1;
    if (place < from) continue;
    if (place - from === ITEMS_AT_ONCE || draft.size > MOST_BREAKS) return place;
    const type = overdueAs(draft.state, id, file, asOf);
    const stale = (['B01', 'B16'] as const).filter((each) => each !== type);
    draft.close(
      stale.map((each) => `${each}.${id}`),
      'no_longer_so',
    );
    if (type !== undefined) draft.open(breakOfItem(draft.state, id, type, 'overdue'));
  }
  return null;
}

const MOST_BREAKS = 600;

function overdueAs(state: Rail, id: ItemId, file: string, asOf: Day): BreakType | undefined {
  const item = itemOf(state, id);
  if (item.file !== file || item.settledBy !== null || isRefused(state, id, item)) return undefined;
  if (asOf <= windowOf(state, item).until) return undefined;
  const answer = state.files.items.get(id)?.state;
  return answer === 'claimed_paid' || answer === 'returned' ? 'B16' : 'B01';
}

function ageAnswer(draft: Draft, file: string, asOf: Day): void {
  const { state } = draft;
  const known = state.files.files.get(file);
  if (known === undefined || known.voided || known.sha256 === null) {
    draft.close([`B17.${file}`], 'no_longer_so');
    return;
  }
  if (asOf <= plusBusinessDays(known.payOn, state.rules.answerDays)) return;
  for (const id of itemsOfFile(state, file)) {
    const heard = state.files.items.get(id)?.state !== 'listed';
    if (heard || itemOf(state, id).settledBy !== null) return;
  }
  draft.open({
    id: `B17.${file}`,
    type: 'B17',
    about: { file },
    cause: 'no_answer',
    on: known.payOn,
    amount: known.total,
    side: null,
    candidates: [],
    owner: FIRST_OWNER,
  });
}
